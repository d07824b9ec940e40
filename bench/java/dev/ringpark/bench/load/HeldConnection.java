package dev.ringpark.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends one byte when it is connected, so that the server is known to wait for the next, which never comes. */
final class HeldConnection extends ChannelInboundHandlerAdapter {
    private static final int BYTE = 'r';

    private final HoldRun run;

    HeldConnection(HoldRun run) {
        this.run = run;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var _ = context.writeAndFlush(context.alloc().directBuffer(1).writeByte(BYTE), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var echo = (ByteBuf) message;
        try {
            if (echo.readableBytes() == 1 && echo.readByte() == BYTE) {
                run.echoed();
            }
        } finally {
            echo.release();
        }
    }
}
