package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.DispatcherOptions;
import dev.ringpark.dispatch.FileHandle;
import dev.ringpark.dispatch.Request;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;

/** A program of its own that fills a device of 64 KiB: tells what the calls that meet its end say of it. */
public final class SmallDevice {
    private static final int WHOLE = 64 * 1024;
    private static final int TOO_MUCH = 100_000;

    private SmallDevice() {}

    /** Takes a backend, a mode and the device's folder; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        Path path = Path.of(args[2], "file");
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options)) {
            new Call<>(loop, loop::startVirtualThread, () -> {
                tellOf(LoopFile.open(loop, path, READ, WRITE, CREATE));
                return null;
            }).result();
        }
        try (Dispatcher dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(args[0]))) {
            tellOf(dispatcher, path);
        }
    }

    private static void tellOf(LoopFile file) throws Exception {
        tell("array", () -> file.write(ByteBuffer.allocate(TOO_MUCH)));
        tell("array again", () -> file.write(ByteBuffer.allocate(TOO_MUCH)));
        file.truncate(0);
        tell("direct", () -> file.write(ByteBuffer.allocateDirect(TOO_MUCH), 0));
        tell("direct again", () -> file.write(ByteBuffer.allocateDirect(1), WHOLE));
        tell("force", () -> {
            file.force(true);
            return "done";
        });
        file.truncate(0);
        ByteBuffer[] sources = {
            ByteBuffer.allocateDirect(WHOLE), ByteBuffer.allocateDirect(10), ByteBuffer.allocate(9)};
        tell("gathered", () -> file.write(sources));
        tell("rest", () -> file.write(sources));
        file.truncate(0);
        try (FileChannel zeros = FileChannel.open(Path.of("/dev/zero"))) {
            tell("transferred", () -> file.transferFrom(zeros, 0, TOO_MUCH));
            tell("transferred again", () -> file.transferFrom(zeros, WHOLE, TOO_MUCH));
        }
        file.truncate(0);
        tell("room", () -> {
            file.allocate(0, TOO_MUCH);
            return "given";
        });
        tell("size", file::size);
        file.close();
    }

    private static void tellOf(Dispatcher dispatcher, Path path) throws Exception {
        Request<FileHandle> opened = dispatcher.open(path, Set.of(READ, WRITE), _ -> { });
        dispatcher.run();
        FileHandle file = opened.result();
        ByteBuffer source = ByteBuffer.allocateDirect(TOO_MUCH);
        tell("callback direct", () -> Facts.ended(dispatcher, dispatcher.write(file, source, 0, _ -> { })));
        tell("callback rest", () -> Facts.ended(dispatcher, dispatcher.write(file, source, WHOLE, _ -> { })));
        tell("callback sync", () -> Facts.ended(dispatcher, dispatcher.sync(file, true, _ -> { })));
        ByteBuffer[] sources = {ByteBuffer.allocate(20_000), ByteBuffer.allocate(20_000)};
        tell("callback gathered", () -> Facts.ended(dispatcher, dispatcher.write(file, sources, 32_768, _ -> { })));
        tell("callback room", () -> Facts.ended(dispatcher, dispatcher.allocate(file, 0, TOO_MUCH, _ -> { })));
    }

    private static void tell(String what, Callable<?> call) throws Exception {
        Facts.tell(what, call, message -> message.replaceFirst(".*: ", ""));
    }
}
