package dev.ringpark.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** One connection in a closed loop: sends a message, waits for its echo, compares, sends the next. */
final class LoadConnection extends ChannelInboundHandlerAdapter {
    private final LoadRun run;
    private final int number;
    private int sequence;
    private int received;
    private long sentNanos;
    private boolean through;

    LoadConnection(LoadRun run, int number) {
        this.run = run;
        this.number = number;
    }

    /** The first message; all others follow from the echoes. */
    void start(ChannelHandlerContext context) {
        send(context, System.nanoTime());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var echo = (ByteBuf) message;
        try {
            int length = echo.readableBytes();
            if (length > run.messageBytes - received) {
                run.fail("connection " + number + " got more bytes than it sent");
            } else if (!run.pattern.matches(echo, length, number, sequence, received)) {
                run.fail("connection " + number + " got a wrong byte in message " + sequence);
            } else {
                received += length;
                if (received == run.messageBytes) {
                    next(context);
                }
            }
        } finally {
            echo.release();
        }
    }

    private void next(ChannelHandlerContext context) {
        long now = System.nanoTime();
        run.echoed(now - sentNanos);
        sequence++;
        received = 0;
        if (run.isOver()) {
            through = true;
            var _ = context.close();
        } else {
            send(context, now);
        }
    }

    private void send(ChannelHandlerContext context, long now) {
        sentNanos = now;
        var _ = context.writeAndFlush(run.pattern.message(number, sequence), context.voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        run.closed(through);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        run.fail("connection " + number + ": " + cause);
    }
}
