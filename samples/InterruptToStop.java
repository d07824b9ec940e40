// Echoes for some seconds, then stops every thread by an interrupt: samples/run InterruptToStop PORT SECONDS

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

final AtomicInteger interrupted = new AtomicInteger();

void main(String[] args) throws Exception {
    var address = new InetSocketAddress(Integer.parseInt(args[0]));
    try (var loop = CarrierLoop.start(); var threads = loop.executor()) {
        var listener = TcpListener.bind(loop, address);
        IO.println("Echoing on " + listener.getLocalAddress() + ", " + loop);
        threads.execute(() -> accept(listener, threads));

        Thread.sleep(Duration.ofSeconds(Integer.parseInt(args[1])));
        threads.shutdownNow();   // interrupts them all, wherever they wait
        threads.awaitTermination(10, TimeUnit.SECONDS);
        IO.println(interrupted + " threads stopped in the middle of a call");
    }
}

void accept(TcpListener listener, ExecutorService threads) {
    try (listener) {
        while (true) {
            TcpSocket client = listener.accept();
            threads.execute(() -> echo(client));
        }
    } catch (IOException | RejectedExecutionException e) {   // the latter if a client comes while all stop
        tell("The listener", e);
    }
}

void echo(TcpSocket client) {
    try (client) {
        client.in().transferTo(client.out());
    } catch (IOException e) {
        tell(client.toString(), e);
    }
}

/** An interrupt closes the socket its thread waits for, as with every channel, and leaves the status set. */
void tell(String who, Exception e) {
    if (e instanceof ClosedByInterruptException && Thread.currentThread().isInterrupted()) {
        interrupted.incrementAndGet();
    }
    IO.println(who + ": " + e);
}
