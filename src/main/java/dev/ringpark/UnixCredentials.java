package dev.ringpark;

/**
 * Who is at the other end of a {@link UnixSocket}: who called connect, or listen, and as whom at that moment. The
 * system vouches for it.
 *
 * @param pid its process; 0 if that is in a container this one cannot see into. A process that has ended since may have
 *     passed its number on
 * @param uid its effective user, 0 to 4,294,967,295
 * @param gid its effective group, 0 to 4,294,967,295
 */
public record UnixCredentials(int pid, long uid, long gid) {}
