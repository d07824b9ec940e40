package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Handle;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What sockets for streams and for datagrams have in common, and do at once. */
abstract sealed class SocketEndpoint extends Endpoint permits SocketHandle, DatagramHandle {
    SocketEndpoint(CallbackLoop loop, Handle handle, Function<Handle, Object> accepted) {
        super(loop, handle, accepted);
    }

    /** The address it is bound to; null if there is none. */
    public final @Nullable SocketAddress localAddress() throws IOException {
        return usable().localAddress();
    }

    /** The peer; null if there is none. */
    public final @Nullable SocketAddress remoteAddress() throws IOException {
        return usable().remoteAddress();
    }

    /** The options it has. */
    public final Set<SocketOption<?>> supportedOptions() {
        return handle().supportedOptions();
    }

    /**
     * setsockopt(2).
     *
     * @throws UnsupportedOperationException if it has no such option
     */
    public final <T> void setOption(SocketOption<T> option, T value) throws IOException {
        usable().setOption(supported(option), Objects.requireNonNull(value, "value"));
    }

    /**
     * getsockopt(2).
     *
     * @throws UnsupportedOperationException if it has no such option
     */
    public final <T> @Nullable T option(SocketOption<T> option) throws IOException {
        return usable().option(supported(option));
    }

    private <T> SocketOption<T> supported(SocketOption<T> option) {
        if (!handle().supportedOptions().contains(Objects.requireNonNull(option, "option"))) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
        return option;
    }
}
