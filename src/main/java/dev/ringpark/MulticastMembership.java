package dev.ringpark;

import dev.ringpark.internal.op.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
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
    private final InetAddress group;
    private final NetworkInterface via;
    private final @Nullable InetAddress source;
    private final AtomicReference<Handle.@Nullable Membership> held = new AtomicReference<>();

    private MulticastMembership(LoopChannel socket, Set<MulticastMembership> others, InetAddress group,
            NetworkInterface via, @Nullable InetAddress source) {
        this.socket = socket;
        this.others = others;
        this.group = group;
        this.via = via;
        this.source = source;
    }

    /** One more of the memberships of {@code socket}, which are {@code others}. */
    static MulticastMembership join(LoopChannel socket, Set<MulticastMembership> others, InetAddress group,
            NetworkInterface via, @Nullable InetAddress source) throws IOException {
        MulticastMembership made = new MulticastMembership(socket, others, group, via, source);
        if (others.stream().anyMatch(made::excludes)) {
            throw new IllegalStateException("already a member of " + group.getHostAddress() + " on " + via.getName());
        }
        others.add(made);
        try {
            made.held.set(socket.plain(open -> open.join(group, via, source)));
            return made;
        } catch (Throwable e) {
            others.remove(made);
            throw e;
        }
    }

    /** A group is heard on an interface from all sources or from some, from each once. */
    private boolean excludes(MulticastMembership other) {
        return group.equals(other.group) && via.equals(other.via)
                && (source == null || other.source == null || source.equals(other.source));
    }

    /** The group. */
    public InetAddress group() {
        return group;
    }

    /** The interface it is heard on. */
    public NetworkInterface networkInterface() {
        return via;
    }

    /** The only sender that is heard; null if all are. */
    public @Nullable InetAddress source() {
        return source;
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
        String from = source == null ? "" : " from " + Objects.requireNonNull(source).getHostAddress();
        return "MulticastMembership[" + group.getHostAddress() + " on " + via.getName() + from
                + (isValid() ? "]" : ", dropped]");
    }
}
