package dev.ringpark.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.stream.Collectors;

/** Does a little of all that the tests' programs do with the JDK: foreign calls, sockets, virtual threads, a log. */
final class Errand {
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));

    private Errand() {}

    public static void main(String[] arguments) throws Throwable {
        System.getLogger("errand").log(Level.INFO, "{0}, {1}", foreignCall(), socketCalls());
    }

    private static String foreignCall() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle strlen = linker.downcallHandle(linker.defaultLookup().findOrThrow("strlen"),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofShared()) {
            MemorySegment captured = arena.allocate(CAPTURED);
            long length = (long) strlen.invokeExact(captured, arena.allocateFrom("four"));
            return length + " bytes, errno " + (int) ERRNO.get(captured, 0L);
        }
    }

    private static String socketCalls() throws IOException, InterruptedException {
        try (Selector selector = Selector.open(); ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            Thread.startVirtualThread(() -> send(listener)).join();
            selector.select();
            try (SocketChannel accepted = listener.accept()) {
                accepted.read(ByteBuffer.allocateDirect(1));
            }
            return selector.selectedKeys().stream().map(SelectionKey::toString).collect(Collectors.joining());
        }
    }

    private static void send(ServerSocketChannel listener) {
        try (SocketChannel socket = SocketChannel.open(listener.getLocalAddress())) {
            socket.write(ByteBuffer.allocateDirect(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
