// Sleeps by the thousand, and one deadline for a whole conversation: samples/run Timers [SLEEPERS=10000]

import dev.ringpark.CarrierLoop;
import dev.ringpark.Deadline;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.util.concurrent.atomic.AtomicInteger;

static final Duration SHORT = Duration.ofMillis(300);

void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    try (var loop = CarrierLoop.start()) {
        loop.run(() -> {
            sleepTogether(loop, count);
            try (var listener = TcpListener.bind(loop, new InetSocketAddress("localhost", 0))) {
                loop.startVirtualThread(() -> answerSlowly(loop, listener));
                IO.println("In time: " + ask(loop, listener, Duration.ofSeconds(30)));
                IO.println("Too late: " + ask(loop, listener, SHORT));
            }
            return null;
        });
    }
}

/** Each sleeper is a thread and a timer of the loop: no thread of the system's, and nothing that ticks. */
void sleepTogether(CarrierLoop loop, int count) {
    var early = new AtomicInteger();
    try (var sleepers = loop.executor()) {
        for (int i = 0; i < count; i++) {
            Duration nap = Duration.ofMillis(i % 300);
            sleepers.submit(() -> {
                long start = System.nanoTime();
                loop.sleep(nap);
                return System.nanoTime() - start < nap.toNanos() ? early.incrementAndGet() : 0;
            });
        }
    }
    IO.println("%,d slept up to 0.3 s each, %d of them woke too early".formatted(count, early.get()));
}

/** Three calls, or thirty: the time is for all of them together, so nobody can draw it out. */
String ask(CarrierLoop loop, TcpListener listener, Duration patience) throws IOException {
    // @start region="deadline"
    try (var socket = TcpSocket.open(loop)) {
        return Deadline.within(patience).call(() -> {
            socket.connect(listener.getLocalAddress());
            socket.out().write('?');
            return new String(socket.in().readAllBytes());   // as many reads as it takes
        });
    } catch (SocketTimeoutException e) {
        return e.getMessage();
    }
    // @end
}

/** A byte at a time: no single read has to wait for long. */
void answerSlowly(CarrierLoop loop, TcpListener listener) {
    while (listener.isOpen()) {
        try (var socket = listener.accept()) {
            socket.in().read();
            for (byte each : "Fine, thank you".getBytes()) {
                loop.sleep(SHORT.dividedBy(6));
                socket.out().write(each);
            }
        } catch (IOException | InterruptedException e) {   // who gave up is gone; at last the listener is closed
            IO.println("The server: " + e);
        }
    }
}
