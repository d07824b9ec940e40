package dev.ringpark;

import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Handle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the sockets of a loop have in common beside waiting: options, and addresses. */
abstract sealed class LoopSocket extends LoopChannel implements NetworkChannel
        permits StreamChannel, StreamListener, UdpChannel {
    LoopSocket(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    final <T> void set(SocketOption<T> option, T value) throws IOException {
        requireSupported(option);
        Objects.requireNonNull(value, "value");
        plain(open -> {
            open.setOption(option, value);
            return null;
        });
    }

    @Override
    public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
        requireSupported(option);
        return this.<@Nullable T>plain(open -> open.option(option));
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return handle().supportedOptions();
    }

    /**
     * The address the socket is bound to; null if it is not.
     *
     * @throws ClosedChannelException if it is closed
     */
    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        return this.<@Nullable SocketAddress>plain(Handle::localAddress);
    }

    private void requireSupported(SocketOption<?> option) {
        Objects.requireNonNull(option, "option");
        if (!handle().supportedOptions().contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    // ---- arguments ----

    /** The address to bind to: null stands for any, of the handle's own family. */
    final InetSocketAddress localAddress(@Nullable SocketAddress local) {
        return local == null ? Addresses.any(handle()) : checked(local);
    }

    /** The address as this handle can use it. */
    final InetSocketAddress checked(SocketAddress address) {
        return Addresses.checked(address, handle());
    }

    final void requireFamily(InetAddress address) {
        Addresses.requireFamily(address, handle());
    }
}
