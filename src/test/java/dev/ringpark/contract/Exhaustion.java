package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.process.AllDescriptors;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * A program of its own, to be started with a low limit of open files: accepts when all descriptors are taken, and again
 * when some are free.
 */
public final class Exhaustion {
    private static final int TRIES = 20;
    private static final int FEW_ENTERS = 10;

    private final CarrierLoop loop;
    private final TcpListener listener;

    private Exhaustion(CarrierLoop loop, TcpListener listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** Takes a backend and a mode; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options);
                TcpListener listener = TcpListener.bind(loop, Loopback.anyPort())) {
            new Exhaustion(loop, listener).run();
        }
    }

    private void run() throws Exception {
        TcpSocket.connect(loop, listener.getLocalAddress()).close();
        loop.run(listener::accept).close();   // has loaded every class by now
        TcpSocket first = TcpSocket.open(loop);
        TcpSocket second = TcpSocket.open(loop);
        TcpSocket third = TcpSocket.open(loop);

        Call<TcpSocket> parked = new Call<>(loop, loop::startVirtualThread, listener::accept).whenParked();
        AllDescriptors taken = AllDescriptors.take();
        first.connect(listener.getLocalAddress());
        tell("a parked accept", parked.failure());
        second.connect(listener.getLocalAddress());
        tell("a later accept", failuresOfMany());
        tell("the listener is open", listener.isOpen());

        taken.giveOneBack();
        tell("the first is accepted", loop.run(listener::accept).getRemoteAddress().equals(first.getLocalAddress()));
        tell("a further accept", new Call<>(loop, loop::startVirtualThread, listener::accept).failure());
        taken.giveOneBack();
        tell("the second is accepted", loop.run(listener::accept).getRemoteAddress().equals(second.getLocalAddress()));
        waitForNobody(third);
    }

    private void waitForNobody(TcpSocket third) throws Exception {
        tell("an accept while nobody connects", new Call<>(loop, loop::startVirtualThread,
                () -> listener.accept(Duration.ofMillis(20))).failure());
        Call<TcpSocket> patient = new Call<>(loop, loop::startVirtualThread, listener::accept).whenParked();
        third.connect(listener.getLocalAddress());
        tell("the same when somebody does", patient.failure());
    }

    private Set<String> failuresOfMany() throws Exception {
        Set<String> failures = new TreeSet<>();
        long enters = loop.stats().enters();
        for (int i = 0; i < TRIES; i++) {
            failures.add(new Call<>(loop, loop::startVirtualThread, listener::accept).failure().toString());
        }
        tell("the loop spins", loop.stats().enters() - enters > TRIES * FEW_ENTERS);
        return failures;
    }

    private static void tell(String fact, Object value) {
        System.out.println(fact + ": " + value);
    }
}
