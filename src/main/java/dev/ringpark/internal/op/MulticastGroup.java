package dev.ringpark.internal.op;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A group as a socket hears it on one interface: from one source, or from all if {@code source} is null. */
public record MulticastGroup(InetAddress address, NetworkInterface via, @Nullable InetAddress source) {
    /**
     * A group is heard on an interface from all sources or from some, from each once.
     *
     * @throws IllegalStateException if one of {@code others} excludes this one
     */
    public void requireNoneOf(Collection<MulticastGroup> others) {
        if (others.stream().anyMatch(this::excludes)) {
            throw new IllegalStateException(
                    "already a member of " + address.getHostAddress() + " on " + via.getName());
        }
    }

    private boolean excludes(MulticastGroup other) {
        return address.equals(other.address) && via.equals(other.via)
                && (source == null || other.source == null || source.equals(other.source));
    }
}
