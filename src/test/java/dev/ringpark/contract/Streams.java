package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.StreamSocket;
import dev.ringpark.UnixListener;
import dev.ringpark.UnixSocket;
import java.io.IOException;

/** The two ends of one connection of whatever family. */
record Streams(StreamSocket near, StreamSocket far) {
    static Streams tcp(CarrierLoop loop) throws IOException {
        Pair pair = Pair.on(loop);
        return new Streams(pair.near(), pair.far());
    }

    /** Their file is gone by the time they are there. */
    static Streams unix(CarrierLoop loop) throws IOException {
        try (UnixPath path = new UnixPath(); UnixListener listener = UnixListener.bind(loop, path.address())) {
            UnixSocket near = UnixSocket.connect(loop, path.address());
            return Held.hold(new Streams(near, listener.accept()));
        }
    }
}
