package dev.ringpark.process;

import java.io.IOException;
import java.net.Socket;

/** The JDK's end of a connection to a program that is tested. */
public final class Peer {
    private Peer() {}

    /** Writes all of {@code bytes}, and then the end of the stream; on a thread beside, if answers come meanwhile. */
    public static void sendAndShut(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
