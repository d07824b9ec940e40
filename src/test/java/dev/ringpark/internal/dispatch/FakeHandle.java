package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.Handle;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Set;

/** A handle with a life and operations, and no socket. */
final class FakeHandle extends Handle {
    @Override
    public boolean isIpv4Only() {
        throw noSocket();
    }

    @Override
    public void bind(SocketAddress local, int backlog) {
        throw noSocket();
    }

    @Override
    public SocketAddress localAddress() {
        throw noSocket();
    }

    @Override
    public SocketAddress remoteAddress() {
        throw noSocket();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        throw noSocket();
    }

    @Override
    public <T> void setOption(SocketOption<T> option, T value) {
        throw noSocket();
    }

    @Override
    public <T> T option(SocketOption<T> option) {
        throw noSocket();
    }

    @Override
    public void shutdownInput() {
        throw noSocket();
    }

    @Override
    public void shutdownOutput() {
        throw noSocket();
    }

    @Override
    public int readNow(ByteBuffer target) {
        return 0;
    }

    @Override
    public int writeNow(ByteBuffer source) {
        return 0;
    }

    @Override
    public int available() {
        throw noSocket();
    }

    private static UnsupportedOperationException noSocket() {
        return new UnsupportedOperationException("the proactor does not ask for this");
    }
}
