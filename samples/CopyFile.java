// Copies a file, piece by piece, and says how fast: samples/run CopyFile FROM TO

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;

void main(String[] args) throws Exception {
    try (var loop = CarrierLoop.start()) {
        long start = System.nanoTime();
        long bytes = loop.run(() -> copy(loop, Path.of(args[0]), Path.of(args[1])));
        double seconds = (System.nanoTime() - start) / 1e9;
        double mebibytes = bytes / (double) (1 << 20);
        IO.println("%,d bytes in %.3f s, %.0f MiB/s, on %s".formatted(bytes, seconds, mebibytes / seconds, loop));
    }
}

long copy(CarrierLoop loop, Path from, Path to) throws IOException {
    try (var source = LoopFile.open(loop, from);
            var target = LoopFile.open(loop, to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        var piece = ByteBuffer.allocateDirect(1 << 20);   // outside the heap, so the kernel takes it as it is
        long copied = 0;
        while (source.read(piece) >= 0) {
            piece.flip();
            while (piece.hasRemaining()) {
                copied += target.write(piece);
            }
            piece.clear();
        }
        target.force(true);   // a copy is one when it would survive a power cut
        return copied;
    }
}
