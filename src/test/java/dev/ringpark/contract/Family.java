package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.StreamListener;
import dev.ringpark.StreamSocket;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.UnixListener;
import dev.ringpark.UnixSocket;
import dev.ringpark.process.OwnPort;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.function.Consumer;

/** Makes streams of one family: a test of what all of them do need not know which it has. */
enum Family {
    TCP(StandardProtocolFamily.INET) {
        @Override
        SocketAddress address(Consumer<AutoCloseable> later) throws IOException {
            OwnPort port = OwnPort.take();
            later.accept(port);
            return port.address();
        }

        @Override
        StreamListener bind(CarrierLoop loop, SocketAddress local) throws IOException {
            return TcpListener.bind(loop, local);
        }

        @Override
        StreamSocket open(CarrierLoop loop) throws IOException {
            return TcpSocket.open(loop);
        }

        @Override
        StreamSocket connect(CarrierLoop loop, SocketAddress remote, Duration timeout) throws IOException {
            return TcpSocket.connect(loop, remote, timeout);
        }

        @Override
        StreamSocket connect(StreamSocket socket, SocketAddress remote) throws IOException {
            return ((TcpSocket) socket).connect(remote);
        }

        @Override
        StreamSocket connect(StreamSocket socket, SocketAddress remote, Duration timeout) throws IOException {
            return ((TcpSocket) socket).connect(remote, timeout);
        }

        @Override
        Streams streams(CarrierLoop loop) throws IOException {
            return Streams.tcp(loop);
        }

        @Override
        Foreign foreign(CarrierLoop loop) throws IOException {
            return Foreign.tcp(loop);
        }
    },

    UNIX(StandardProtocolFamily.UNIX) {
        @Override
        SocketAddress address(Consumer<AutoCloseable> later) throws IOException {
            UnixPath path = new UnixPath();
            later.accept(path);
            return path.address();
        }

        @Override
        StreamListener bind(CarrierLoop loop, SocketAddress local) throws IOException {
            return UnixListener.bind(loop, local);
        }

        @Override
        StreamSocket open(CarrierLoop loop) throws IOException {
            return UnixSocket.open(loop);
        }

        @Override
        StreamSocket connect(CarrierLoop loop, SocketAddress remote, Duration timeout) throws IOException {
            return UnixSocket.connect(loop, remote, timeout);
        }

        @Override
        StreamSocket connect(StreamSocket socket, SocketAddress remote) throws IOException {
            return ((UnixSocket) socket).connect(remote);
        }

        @Override
        StreamSocket connect(StreamSocket socket, SocketAddress remote, Duration timeout) throws IOException {
            return ((UnixSocket) socket).connect(remote, timeout);
        }

        @Override
        Streams streams(CarrierLoop loop) throws IOException {
            return Streams.unix(loop);
        }

        @Override
        Foreign foreign(CarrierLoop loop) throws IOException {
            return Foreign.unix(loop);
        }
    };

    private final StandardProtocolFamily protocol;

    Family(StandardProtocolFamily protocol) {
        this.protocol = protocol;
    }

    /** What the JDK calls it. */
    StandardProtocolFamily protocol() {
        return protocol;
    }

    /** An address where nobody but the test will listen; it is given back when what {@code later} gets is closed. */
    abstract SocketAddress address(Consumer<AutoCloseable> later) throws IOException;

    abstract StreamListener bind(CarrierLoop loop, SocketAddress local) throws IOException;

    abstract StreamSocket open(CarrierLoop loop) throws IOException;

    abstract StreamSocket connect(CarrierLoop loop, SocketAddress remote, Duration timeout) throws IOException;

    abstract StreamSocket connect(StreamSocket socket, SocketAddress remote) throws IOException;

    abstract StreamSocket connect(StreamSocket socket, SocketAddress remote, Duration timeout) throws IOException;

    abstract Streams streams(CarrierLoop loop) throws IOException;

    abstract Foreign foreign(CarrierLoop loop) throws IOException;
}
