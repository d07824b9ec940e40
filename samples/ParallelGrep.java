// Prints the lines that match, a thread for each file: samples/run ParallelGrep REGEX FOLDER

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFiles;
import java.nio.charset.StandardCharsets;

void main(String[] args) throws Exception {
    var regex = Pattern.compile(args[0]);
    try (var loop = CarrierLoop.start()) {
        var files = loop.offload(() -> filesBelow(Path.of(args[1])));
        var atOnce = new Semaphore(500);   // files open, not threads: those are cheap, descriptors are not
        var matches = new LongAdder();
        try (var threads = loop.executor()) {
            for (Path file : files) {
                threads.submit(() -> {
                    atOnce.acquire();
                    try {
                        matches.add(search(loop, file, regex));
                    } finally {
                        atOnce.release();
                    }
                    return null;
                });
            }
        }
        IO.println("%,d matches in %,d files, on %s".formatted(matches.sum(), files.size(), loop));
    }
}

List<Path> filesBelow(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
        return paths.filter(Files::isRegularFile).toList();
    }
}

long search(CarrierLoop loop, Path path, Pattern regex) {
    try {
        // Bytes that are no text of this kind are nobody's match.
        var lines = new String(LoopFiles.readAllBytes(loop, path), StandardCharsets.UTF_8).lines()
                .filter(line -> regex.matcher(line).find()).toList();
        lines.forEach(line -> IO.println(path + ": " + line.strip()));
        return lines.size();
    } catch (IOException e) {
        IO.println(path + ": cannot be read: " + e.getMessage());
        return 0;
    }
}
