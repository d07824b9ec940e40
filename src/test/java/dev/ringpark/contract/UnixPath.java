package dev.ringpark.contract;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A path for a Unix socket, in a folder of its own; both are deleted at the end. */
final class UnixPath implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("unix");

    UnixPath() throws IOException {}

    Path path() {
        return folder.resolve("socket");
    }

    /** A path of the same folder that has {@code bytes} bytes. */
    Path path(int bytes) {
        return folder.resolve("x".repeat(bytes - folder.toString().length() - 1));
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(path());
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
    }
}
