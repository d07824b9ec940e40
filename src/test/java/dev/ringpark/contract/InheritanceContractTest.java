package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.ForeignDescriptor;
import dev.ringpark.LoopFile;
import dev.ringpark.TcpListener;
import dev.ringpark.UdpSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a child process gets of its parent's descriptors: nothing, so that a close is a close while it lives. */
@EnabledOnOs(OS.LINUX)
class InheritanceContractTest extends Contract {
    private static final int O_CLOEXEC = 0x80000;   // asm-generic/fcntl.h

    @Test
    void whatIsClosedWhileAChildLivesIsClosedForItsPeersToo() throws Exception {
        Pair pair = pair();
        InetSocketAddress address = ownAddress();
        TcpListener listener = TcpListener.bind(loop, address);
        Process child = new ProcessBuilder("cat").start();   // lives until its input ends
        try {
            pair.near().close();
            assertThat(call(Flow.readAll(pair.far())).result()).isZero();
            listener.close();
            assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                    .isExactlyInstanceOf(ConnectException.class);
            TcpListener.bind(loop, address);
            assertThat(child.isAlive()).isTrue();
        } finally {
            end(child);
        }
    }

    /** The child has its three streams, and what else it had before there was a loop. */
    @Test
    void aChildHasNoSocketAndNoQueueOfItsParents() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        Set<String> kinds = kindsOpenIn(child);
        end(child);
        assertThat(kinds).as("whoever looks sees").isNotEmpty();
        Pair pair = pair();
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        Call<Integer> reader = parked(() -> pair.near().read(new byte[1], 0, 1));

        Process heir = new ProcessBuilder("cat").start();
        try {
            Set<String> inherited = kindsOpenIn(heir);
            assertThat(inherited).noneMatch(each -> each.startsWith("socket:") || each.startsWith("anon_inode:"));
            assertThat(inherited).isEqualTo(kinds);
        } finally {
            end(heir);
        }
        assertThat(listener.isOpen()).isTrue();
        pair.far().write(new byte[1], 0, 1);
        assertThat(reader.result()).isOne();
    }

    /** Each number and what it is, without that pipe's or file's own name. What it says shows that it has started. */
    private static Set<String> kindsOpenIn(Process child) throws IOException {
        child.getOutputStream().write('x');
        child.getOutputStream().flush();
        assertThat(child.getInputStream().read()).isEqualTo('x');
        Path folder = Path.of("/proc/" + child.pid());
        Set<String> kinds = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(folder.resolve("fd"))) {
            for (Path each : descriptors.toList()) {
                String what = Files.readSymbolicLink(each).toString();
                kinds.add(what.replaceFirst("\\[[0-9]+]", "") + " as " + each.getFileName());
            }
        }
        return kinds;
    }

    private static void end(Process child) throws IOException, InterruptedException {
        child.getOutputStream().close();
        child.waitFor();
        child.getInputStream().close();
        child.getErrorStream().close();
    }

    /** ProcessBuilder closes them all in the child; others that start processes, in native code, do not. */
    @Test
    void everyDescriptorIsClosedByTheSystemWhenAnotherProgramIsExecuted(@TempDir Path folder) throws Exception {
        assumeTrue(!flavor.isOn("selector"), "the selector's descriptors are the JDK's");
        Path made = Files.createFile(folder.resolve("file"));
        List<LoopFile> files = new ArrayList<>();
        OpenDescriptors before = new OpenDescriptors();
        CarrierLoop another = anotherLoop();
        Pair pair = Pair.on(another);
        TcpListener listener = TcpListener.bind(another, Loopback.anyPort());
        Streams unix = Streams.unix(another);
        UdpSocket udp = UdpSocket.open(another);
        if (flavor.isOn("io_uring")) {   // elsewhere a file is a channel of the JDK's
            files.add(call(another::startVirtualThread, () -> LoopFile.open(another, made)).result());
        }
        ForeignDescriptor foreign = ForeignDescriptor.watch(another, 0);   // which a queue may have to copy
        Set<String> ours = before.more();

        String queue = flavor.isOn("io_uring") ? "[io_uring]" : "[eventpoll]";
        assertThat(ours).hasSizeGreaterThanOrEqualTo(8 + files.size()).anyMatch(each -> each.contains(queue));
        assertThat(ours).allMatch(InheritanceContractTest::isClosedOnExec);
        assertThat(pair.far().isOpen()).isTrue();   // and so are held until here, for the collector
        assertThat(listener.isOpen()).isTrue();
        assertThat(unix.far().isOpen()).isTrue();
        assertThat(udp.isOpen()).isTrue();
        assertThat(files).allMatch(LoopFile::isOpen);
        assertThat(foreign.isOpen()).isTrue();
    }

    private static boolean isClosedOnExec(String descriptor) {
        try {
            String info = Files.readString(Path.of("/proc/self/fdinfo", descriptor.replaceFirst(" .*", "")));
            String flags = info.lines().filter(line -> line.startsWith("flags:")).findFirst().orElseThrow();
            return (Integer.parseInt(flags.replaceFirst("flags:\\s*", ""), 8) & O_CLOEXEC) != 0;
        } catch (IOException e) {
            throw new AssertionError(descriptor, e);
        }
    }
}
