// Connects to itself many times, a parked thread behind each, and weighs it: samples/run ManyConnections [COUNT=10000]

import com.sun.management.UnixOperatingSystemMXBean;
import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.lang.management.ManagementFactory;

void main(String[] args) throws Exception {
    int count = affordable(args.length > 0 ? Integer.parseInt(args[0]) : 10_000);
    try (var loop = CarrierLoop.start()) {
        long heapBefore = heapBytes();
        var clients = loop.run(() -> open(loop, count));
        long heapBytes = heapBytes() - heapBefore;
        IO.println("%,d connections, a parked thread behind each, on %s".formatted(count, loop));
        IO.println("per connection, both ends: %,d bytes of heap".formatted(heapBytes / count));
        // Linux tells the process's memory in pages (proc(5), statm), of 4 KiB on nearly every machine.
        long pages = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
        IO.println("resident memory: %,d bytes each, the JVM's own included".formatted(pages * 4096 / count));
        int right = loop.run(() -> ask(clients));
        IO.println("a byte to each: %,d of %,d came back right".formatted(right, count));
        System.exit(right == count ? 0 : 1);
    }
}

List<TcpSocket> open(CarrierLoop loop, int count) throws IOException {
    var clients = new ArrayList<TcpSocket>(count);
    try (var listener = TcpListener.bind(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
        for (int i = 0; i < count; i++) {
            clients.add(TcpSocket.connect(loop, listener.getLocalAddress()));
            TcpSocket accepted = listener.accept();
            loop.startVirtualThread(() -> echoByte(accepted));
        }
    }
    return clients;
}

void echoByte(TcpSocket socket) {
    try (socket) {
        socket.out().write(socket.in().read());   // parked here all the time
    } catch (IOException e) {
        IO.println(socket + ": " + e.getMessage());
    }
}

int ask(List<TcpSocket> clients) throws IOException {
    int right = 0;
    for (int i = 0; i < clients.size(); i++) {
        clients.get(i).out().write(i % 251);
        right += clients.get(i).in().read() == i % 251 ? 1 : 0;
    }
    return right;
}

/** Each end of a connection is an open file, and the JVM has some of its own. */
int affordable(int count) {
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    int most = (int) Math.min(count, (system.getMaxFileDescriptorCount() - 200) / 2);
    if (most < count) {
        IO.println("The limit of open files allows %,d; for %,d: ulimit -n %d".formatted(most, count, 2 * count + 200));
    }
    return most;
}

long heapBytes() {
    System.gc();
    System.gc();   // what the first one found unused but had to clean up after
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
}
