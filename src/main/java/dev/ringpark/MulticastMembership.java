package dev.ringpark;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.MulticastGroup;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * That a {@link UdpSocket} hears a multicast group on an interface: until {@link #drop}, or the end of the socket. Safe
 * for any number of threads; keeps its socket as long as somebody has it.
 */
public final class MulticastMembership implements Closeable {
    private final LoopChannel socket;
    private final Set<MulticastMembership> others;
    private final MulticastGroup heard;
    private final AtomicReference<Handle.@Nullable Membership> held = new AtomicReference<>();

    private MulticastMembership(LoopChannel socket, Set<MulticastMembership> others, MulticastGroup heard) {
        this.socket = socket;
        this.others = others;
        this.heard = heard;
    }

    /** One more of the memberships of {@code socket}, which are {@code others}. */
    static MulticastMembership join(LoopChannel socket, Set<MulticastMembership> others, InetAddress group,
            NetworkInterface via, @Nullable InetAddress source) throws IOException {
        MulticastGroup heard = new MulticastGroup(group, via, source);
        heard.requireNoneOf(others.stream().map(each -> each.heard).toList());
        MulticastMembership made = new MulticastMembership(socket, others, heard);
        others.add(made);
        try {
            made.held.set(socket.plain(open -> open.join(group, via, source)));
            return made;
        } catch (Throwable e) {
            others.remove(made);
            throw e;
        }
    }

    /** The group. */
    public InetAddress group() {
        return heard.address();
    }

    /** The interface it is heard on. */
    public NetworkInterface networkInterface() {
        return heard.via();
    }

    /** The only sender that is heard; null if all are. */
    public @Nullable InetAddress source() {
        return heard.source();
    }

    /** Whether it has not been dropped, and its socket is open. */
    public boolean isValid() {
        return held.get() != null && socket.isOpen();
    }

    /**
     * Leaves the group. Does not block. What has come by then can still be received. Nothing happens the second time,
     * or if the socket is closed.
     *
     * @throws IOException if the system refuses; then it is a member still, and can be asked to leave again
     */
    public void drop() throws IOException {
        Handle.Membership mine = held.getAndSet(null);
        if (mine == null) {
            return;
        }
        try {
            socket.plain(open -> {
                mine.drop();
                return null;
            });
        } catch (ClosedChannelException itsSocketIsClosed) {
            assert !socket.isOpen() : itsSocketIsClosed;
        } catch (Throwable refused) {
            held.set(mine);   // the system has it a member still
            throw refused;
        }
        others.remove(this);
    }

    /** Leaves the group, as {@link #drop} does. */
    @Override
    public void close() throws IOException {
        drop();
    }

    @Override
    public String toString() {
        InetAddress source = heard.source();
        String from = source == null ? "" : " from " + source.getHostAddress();
        return "MulticastMembership[" + heard.address().getHostAddress() + " on " + heard.via().getName() + from
                + (isValid() ? "]" : ", dropped]");
    }
}
