package dev.ringpark.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.RunningProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sample ChatRoom promises: everybody hears everybody, and nobody waits for a slow reader. */
class ChatRoomTest {
    private static final int LIMIT_MILLIS = 40_000;   // fails loudly

    /** A guest with a socket of the JDK's. */
    private static final class Guest implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;
        private final OutputStream out;

        Guest(InetSocketAddress room) throws IOException {
            socket = new Socket(room.getAddress(), room.getPort());
            socket.setSoTimeout(LIMIT_MILLIS);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            out = socket.getOutputStream();
        }

        void say(String line) throws IOException {
            out.write((line + "\n").getBytes(US_ASCII));
        }

        /** Reads up to the line {@code expected}. */
        void hear(String expected) throws IOException {
            for (String line = lines.readLine(); !expected.equals(line); line = lines.readLine()) {
                assertThat(line).as("the room ended before: " + expected).isNotNull();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void everybodyHearsWhoComesSpeaksAndLeaves(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram program = Samples.start(backend, "ChatRoom", 0)) {
            InetSocketAddress room = Samples.awaitAddress(program);
            try (Guest first = new Guest(room)) {
                first.hear("guest1 has come");
                try (Guest second = new Guest(room)) {
                    first.hear("guest2 has come");
                    second.say("hello");
                    first.hear("guest2 says: hello");
                    second.hear("guest2 says: hello");
                    first.say("welcome");
                    second.hear("guest1 says: welcome");
                }
                first.hear("guest2 has left");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void aGuestWhoDoesNotReadIsLetGoAndTheOthersGoOn(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram program = Samples.start(backend, "ChatRoom", 0)) {
            InetSocketAddress room = Samples.awaitAddress(program);
            try (Guest reader = new Guest(room); Guest deaf = new Guest(room)) {
                reader.hear("guest2 has come");
                CountDownLatch enough = new CountDownLatch(1);
                Thread speaker = Thread.ofVirtual().start(() -> speakUntil(enough, reader));

                Thread listener = Thread.ofVirtual().start(() -> hearLeave(reader, "guest2"));
                program.await(Pattern.compile("guest2 reads too slowly and is let go"));
                listener.join();
                enough.countDown();
                speaker.join();
                assertThat(deaf.socket.isConnected()).isTrue();   // he has held on to it, all the time
            }
        }
    }

    private static void speakUntil(CountDownLatch enough, Guest guest) {
        String longLine = "x".repeat(8000);
        try {
            while (enough.getCount() > 0) {
                guest.say(longLine);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void hearLeave(Guest guest, String who) {
        try {
            guest.hear(who + " has left");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
