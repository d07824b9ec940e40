package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import dev.ringpark.LoopOptions;
import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.DispatcherOptions;
import dev.ringpark.dispatch.FileHandle;
import dev.ringpark.dispatch.Request;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/** A program of its own that writes more than its disk can keep, which only the attempt to store it shows. */
public final class LostWrites {
    private static final int TOO_MUCH = 4 << 20;

    private LostWrites() {}

    /** Takes a backend and a folder of the disk; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withBackend(args[0]))) {
            loop.run(() -> {
                tellOf(LoopFile.open(loop, folder.resolve("blocking"), CREATE_NEW, WRITE));
                return null;
            });
        }
        try (Dispatcher dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(args[0]))) {
            tellOf(dispatcher, folder.resolve("callbacks"));
        }
    }

    private static void tellOf(LoopFile file) throws Exception {
        tell("write", () -> file.write(ByteBuffer.allocateDirect(TOO_MUCH)));
        tell("force", () -> {
            file.force(true);
            return "done";
        });
        tell("open", file::isOpen);
    }

    private static void tellOf(Dispatcher dispatcher, Path path) throws Exception {
        Request<FileHandle> opened = dispatcher.open(path, Set.of(CREATE_NEW, WRITE), _ -> { });
        dispatcher.run();
        FileHandle file = opened.result();
        tell("callback write", () -> Facts.ended(
                dispatcher, dispatcher.write(file, ByteBuffer.allocateDirect(TOO_MUCH), 0, _ -> { })));
        tell("callback sync", () -> Facts.ended(dispatcher, dispatcher.sync(file, false, _ -> { })));
        tell("callback open", file::isOpen);
    }

    private static void tell(String what, Callable<?> call) throws Exception {
        Facts.tell(what, call, UnaryOperator.identity());
    }
}
