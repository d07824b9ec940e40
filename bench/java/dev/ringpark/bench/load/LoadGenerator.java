package dev.ringpark.bench.load;

import dev.ringpark.bench.peer.Addresses;
import dev.ringpark.bench.peer.NettyTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * Opens the connections of a run and keeps them busy from one event loop. Netty's quickest transport does the work,
 * since on loopback a slow generator would hide how quick a server is; it is the same for every server.
 */
final class LoadGenerator implements AutoCloseable {
    private static final int RECEIVE_BYTES = 16 * 1024;
    private static final int CONNECTIONS_PER_SOURCE = 20_000;
    private static final long CONNECT_SECONDS = 20;
    private static final long LAST_ECHO_SECONDS = 20;

    private final NettyTransport transport;
    private final EventLoopGroup loop;
    private final List<Channel> held = new ArrayList<>();

    LoadGenerator(NettyTransport transport) {
        this.transport = transport;
        this.loop = new MultiThreadIoEventLoopGroup(1, transport.newHandlers());
    }

    /** Runs the plan; {@code started} is told when the warm-up is over and counting begins. */
    LoadResult run(LoadPlan plan, Runnable started) throws InterruptedException {
        var run = new LoadRun(plan);
        var channels = connect(plan.where(), plan.connections(), number -> new LoadConnection(run, number));
        try {
            long warm = (long) (plan.warmSeconds() * TimeUnit.SECONDS.toNanos(1));
            long total = warm + (long) (plan.measuredSeconds() * TimeUnit.SECONDS.toNanos(1));
            loop.execute(() -> channels.forEach(LoadGenerator::start));
            var measuring = loop.schedule(() -> begin(run, started), warm, TimeUnit.NANOSECONDS);
            var stopping = loop.schedule(run::stop, total, TimeUnit.NANOSECONDS);
            try {
                return run.result().get(total + TimeUnit.SECONDS.toNanos(LAST_ECHO_SECONDS), TimeUnit.NANOSECONDS);
            } finally {
                measuring.cancel(false);
                stopping.cancel(false);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer for " + LAST_ECHO_SECONDS + " s", e);
        } finally {
            close(channels);
        }
    }

    /** Opens connections that send one byte, get it back and then say nothing. */
    void hold(String where, int connections) throws InterruptedException {
        var run = new HoldRun(connections);
        held.addAll(connect(where, connections, _ -> new HeldConnection(run)));
        run.awaitEchoes(CONNECT_SECONDS);
    }

    void release() {
        close(held);
        held.clear();
    }

    @Override
    public void close() {
        release();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static void begin(LoadRun run, Runnable started) {
        started.run();
        run.measure();
    }

    private static void start(Channel channel) {
        var context = channel.pipeline().context(LoadConnection.class);
        ((LoadConnection) context.handler()).start(context);
    }

    private List<Channel> connect(String where, int count, IntFunction<ChannelHandler> handlers)
            throws InterruptedException {
        var channels = new ArrayList<Channel>();
        try {
            for (int number = 0; number < count; number++) {
                channels.add(connectOne(where, number, handlers.apply(number)));
            }
        } catch (RuntimeException e) {
            close(channels);
            throw e;
        }
        return channels;
    }

    private Channel connectOne(String where, int number, ChannelHandler handler) throws InterruptedException {
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(Addresses.isPath(where) ? transport.unixSocket() : transport.socket())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler);
                    }
                });
        var connecting = Addresses.isPath(where)
                ? bootstrap.connect(transport.address(Addresses.of(where)))
                : connectTcp(bootstrap.option(ChannelOption.TCP_NODELAY, true), Addresses.of(where), number);
        if (!connecting.await().isSuccess()) {
            throw new IllegalStateException("connection " + number + ": " + connecting.cause());
        }
        return connecting.channel();
    }

    /** One source address has about 28,000 free ports; the system chooses it as long as they suffice. */
    private static ChannelFuture connectTcp(Bootstrap bootstrap, SocketAddress server, int number) {
        return number < CONNECTIONS_PER_SOURCE
                ? bootstrap.connect(server)
                : bootstrap.connect(server, source(number / CONNECTIONS_PER_SOURCE));
    }

    /** 127.0.0.2 and following, on a port of the system's choice. */
    private static InetSocketAddress source(int number) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + number)}), 0);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    private static void close(List<Channel> channels) {
        for (var channel : channels) {
            channel.close().syncUninterruptibly();
        }
    }
}
