package dev.ringpark.bench.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Netty with one event loop that accepts and echoes. Set up as it was quickest here for small and large messages alike:
 * fixed buffers rather than adaptive ones, and with io_uring a ring of them.
 */
final class NettyEcho implements EchoServer {
    private final NettyTransport transport;

    NettyEcho(NettyTransport transport) {
        this.transport = transport;
    }

    @Override
    public void serve(SocketAddress address, int bufferBytes) throws InterruptedException {
        boolean isUnix = address instanceof UnixDomainSocketAddress;
        boolean ring = NettyBufferRing.isSupported(transport);
        var handlers = ring ? NettyBufferRing.newHandlers(bufferBytes) : transport.newHandlers();
        var group = new MultiThreadIoEventLoopGroup(1, handlers);
        var bootstrap = new ServerBootstrap()
                .group(group)
                .channel(isUnix ? transport.unixListener() : transport.listener())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(bufferBytes))
                .childHandler(new Connections());
        if (!isUnix) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        if (ring) {
            NettyBufferRing.use(bootstrap);
        }
        try {
            bootstrap.bind(transport.address(address)).sync().channel().closeFuture().sync();
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();   // or it would keep a process that has no port
        }
    }

    private static final class Connections extends ChannelInitializer<Channel> {
        private final Echo echo = new Echo();

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(echo);
        }
    }

    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var _ = context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            BrokenConnections.report(cause);
            var _ = context.close();
        }
    }
}
