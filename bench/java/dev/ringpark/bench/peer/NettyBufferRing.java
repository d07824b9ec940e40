package dev.ringpark.bench.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/** Receive buffers that the kernel picks from a ring shared by all connections: the quicker way of this transport. */
final class NettyBufferRing {
    private static final short GROUP = 1;
    private static final short BUFFERS = 1024;
    private static final int BUFFERS_AT_ONCE = 64;

    private NettyBufferRing() {}

    /** Since Linux 5.19. */
    static boolean isSupported(NettyTransport transport) {
        return transport == NettyTransport.IO_URING && IoUring.isRegisterBufferRingSupported();
    }

    static IoHandlerFactory newHandlers(int bufferBytes) {
        var ring = IoUringBufferRingConfig.builder()
                .bufferGroupId(GROUP)
                .bufferRingSize(BUFFERS)
                .batchSize(BUFFERS_AT_ONCE)
                .allocator(new IoUringFixedBufferRingAllocator(bufferBytes)) // the pooled allocator was slower here
                .build();
        return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setBufferRingConfig(ring));
    }

    static void use(ServerBootstrap bootstrap) {
        bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
    }
}
