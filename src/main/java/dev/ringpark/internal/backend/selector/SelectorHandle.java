package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.op.DatagramLimit;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.AbstractName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A channel in non-blocking mode, the operations that wait for it to be ready, and what the selector has been told.
 *
 * <p>The channel has a lock of its own for plain calls, which accept and connect take as well. Plain calls therefore go
 * through a {@link PlainGate}.
 */
final class SelectorHandle extends Handle {
    /** What the reading side may wait for. */
    static final int READING_OPS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    /** What the writing side may wait for. */
    static final int WRITING_OPS = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private final SelectableChannel channel;
    private final boolean isIpv4Only;
    private final boolean isIpv6Only;
    private final PlainGate gate = new PlainGate();
    private volatile boolean lingers;
    private boolean outputShut;   // the loop looks once it has been asked to end the writes from before

    // Loop thread only.
    private @Nullable Operation pendingReader;
    private @Nullable Operation pendingWriter;
    private @Nullable SelectionKey key;   // none as long as nothing has had to wait
    private int watchedOps;
    private int promisingOps = (READING_OPS | WRITING_OPS) & ~SelectionKey.OP_ACCEPT;

    private SelectorHandle(SelectableChannel channel, boolean isIpv4Only, boolean isIpv6Only) {
        this.channel = channel;
        this.isIpv4Only = isIpv4Only;
        this.isIpv6Only = isIpv6Only;
    }

    /** Takes a new channel over; closes it if that fails. */
    static <C extends SelectableChannel & NetworkChannel> SelectorHandle of(
            C channel, boolean isIpv4Only, boolean isIpv6Only) throws IOException {
        try {
            channel.configureBlocking(false);
            return new SelectorHandle(channel, isIpv4Only, isIpv6Only);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static SelectorHandle of(Operation operation) {
        return (SelectorHandle) operation.handle();
    }

    SocketChannel socket() {
        return (SocketChannel) channel;
    }

    ServerSocketChannel listener() {
        return (ServerSocketChannel) channel;
    }

    DatagramChannel datagrams() {
        return (DatagramChannel) channel;
    }

    boolean isChannelOpen() {
        return channel.isOpen();
    }

    // ---- loop thread ----

    @Nullable Operation pendingReader() {
        return pendingReader;
    }

    @Nullable Operation pendingWriter() {
        return pendingWriter;
    }

    /** Whether {@code operation} is worth a try before the selector calls it ready. */
    boolean isPromising(Operation operation) {
        return (promisingOps & op(operation)) != 0 || (outputShut && operation.kind() == Kind.WRITE);
    }

    void promise(int op, boolean isPromising) {
        promisingOps = isPromising ? promisingOps | op : promisingOps & ~op;
    }

    /** Keeps {@code operation} until the selector calls it ready. */
    void await(Operation operation, Selector selector) throws ClosedChannelException {
        int op = op(operation);
        watch(op, selector);
        if ((op & READING_OPS) != 0) {
            pendingReader = operation;
        } else {
            pendingWriter = operation;
        }
    }

    /**
     * Gives {@code operation} up; false if it was not kept. The selector goes on watching for what can be read, as the
     * next read mostly comes before the next bytes; room to write is nearly always there and would be told for ever.
     */
    boolean forget(Operation operation) {
        if (operation == pendingReader) {
            pendingReader = null;
            return true;
        }
        if (operation == pendingWriter) {
            pendingWriter = null;
            watchOnly(watchedOps & ~WRITING_OPS);
            return true;
        }
        return false;
    }

    /**
     * {@code operation} has been given up: the next is tried at once. There may be room by now, but not as much as the
     * selector waits for, and a Unix socket's peer that reads no more is told to nobody. Not so an accept, which takes
     * a descriptor before it looks, and so fails for want of one although nobody has connected.
     */
    void tryNext(Operation operation) {
        promisingOps |= op(operation) & ~SelectionKey.OP_ACCEPT;
    }

    /** Nobody waits for what is ready: whoever comes next need not, and the selector shall not repeat itself. */
    void ignore(int readyOps) {
        promisingOps |= readyOps;
        watchOnly(watchedOps & ~readyOps);
    }

    /** The connection that was waited for is there, and will be read: the selector may hear both at once. */
    void connected() {
        if (key != null) {
            promise(SelectionKey.OP_READ, false);
            watchOnly(watchedOps | SelectionKey.OP_READ);
        }
    }

    /** Has the selector forget the channel, when it next selects; false if it does not know it. */
    boolean unregister() {
        if (key == null) {
            return false;
        }
        key.cancel();
        return true;
    }

    /**
     * Gives the descriptor back, once no selector knows the channel. close(2) waits for a socket that lingers, in
     * non-blocking mode too; the JDK does not let it where it defers a close, nor do we.
     */
    void close() throws IOException {
        try {
            if (lingers && channel.isOpen()) {
                socket().setOption(StandardSocketOptions.SO_LINGER, -1);
            }
        } catch (IOException itIsOver) {
            // macOS takes no options any more once both sides are shut, and nobody waits for such a close.
        } finally {
            channel.close();
        }
    }

    private void watch(int op, Selector selector) throws ClosedChannelException {
        if (key == null) {
            key = channel.register(selector, op, this);
            watchedOps = op;
        } else if (!key.isValid()) {
            throw new ClosedChannelException();
        } else {
            watchOnly(watchedOps | op);
        }
    }

    /** The selector tells the system when it next selects, and only what has changed by then. */
    private void watchOnly(int ops) {
        if (ops != watchedOps && key != null && key.isValid()) {
            key.interestOps(ops);   // which refuses what is none of the channel's
            watchedOps = ops;
        }
    }

    /** What the selector calls what {@code operation} waits for. */
    private static int op(Operation operation) {
        return switch (operation.kind()) {
            case READ, RECEIVE, RECEIVE_FROM -> SelectionKey.OP_READ;
            case WRITE, SEND, SEND_TO -> SelectionKey.OP_WRITE;
            case ACCEPT -> SelectionKey.OP_ACCEPT;
            case CONNECT -> SelectionKey.OP_CONNECT;
            default -> throw new AssertionError(operation.kind() + " is none of a socket's operations");
        };
    }

    // ---- any thread ----

    @Override
    public boolean isIpv4Only() {
        return isIpv4Only;
    }

    @Override
    public boolean isIpv6Only() {
        return isIpv6Only;
    }

    @Override
    public void requireNameable(SocketAddress address) {
        if (address instanceof AbstractName) {
            throw new UnsupportedOperationException("java.nio has no abstract names; io_uring has: " + address);
        }
    }

    @Override
    public void bind(SocketAddress local, int backlog) throws IOException {
        gate.alone(() -> PlainCalls.bind(network(), local, backlog, this::startClosing));
    }

    @Override
    public @Nullable SocketAddress localAddress() throws IOException {
        return gate.<@Nullable SocketAddress>alone(network()::getLocalAddress);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() throws IOException {
        return gate.<@Nullable SocketAddress>alone(() -> PlainCalls.remoteAddress(channel));
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        Set<SocketOption<?>> known = new HashSet<>(switch (channel) {
            case ServerSocketChannel _ -> LISTENER_OPTIONS;
            case DatagramChannel _ -> DATAGRAM_OPTIONS;
            default -> SOCKET_OPTIONS;
        });
        known.retainAll(network().supportedOptions());
        return known;
    }

    @Override
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        gate.alone(() -> network().setOption(option, value));
        if (option.equals(StandardSocketOptions.SO_LINGER)) {
            lingers = value instanceof Integer seconds && seconds > 0;
        }
    }

    @Override
    public <T> @Nullable T option(SocketOption<T> option) throws IOException {
        return gate.<@Nullable T>alone(() -> network().getOption(option));
    }

    @Override
    public void shutdownInput() throws IOException {
        if (isConnected()) {
            gate.alone(socket()::shutdownInput);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        if (isConnected()) {
            gate.alone(socket()::shutdownOutput);
            outputShut = true;
        }
    }

    /** Else there is nothing to shut down, which shutdown(2) says and nobody needs to hear. */
    private boolean isConnected() {
        return channel instanceof SocketChannel stream && stream.isConnected();
    }

    @Override
    public int readNow(ByteBuffer target) throws IOException {
        return PlainCalls.transfer(this, channel, gate, () -> PlainCalls.stream(channel).read(target));
    }

    @Override
    public int writeNow(ByteBuffer source) throws IOException {
        return PlainCalls.transfer(this, channel, gate, () -> PlainCalls.stream(channel).write(source));
    }

    /** java.nio does not say. */
    @Override
    public int available() {
        return 0;
    }

    @Override
    public void connect(SocketAddress peer) throws IOException {
        gate.alone(() -> datagrams().connect(peer));
    }

    @Override
    public void disconnect() throws IOException {
        gate.alone(datagrams()::disconnect);
    }

    @Override
    public int sendNow(ByteBuffer[] sources, int first, @Nullable InetSocketAddress target) throws IOException {
        int end = first + DatagramLimit.countFitting(sources, first);
        return PlainCalls.transfer(this, channel, gate,
                () -> DatagramTransfers.sendNow(datagrams(), sources, first, end, target));
    }

    @Override
    public Membership join(InetAddress group, NetworkInterface via, @Nullable InetAddress source) throws IOException {
        return DatagramTransfers.join(datagrams(), gate, group, via, source);
    }

    @Override
    public String toString() {
        return "channel" + to(peer());
    }

    private @Nullable SocketAddress peer() {
        try {
            return remoteAddress();
        } catch (IOException closed) {
            return null;
        }
    }

    private NetworkChannel network() {
        return (NetworkChannel) channel;
    }
}
