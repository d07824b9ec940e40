/**
 * Plain blocking I/O on virtual threads over a batched platform queue. {@link dev.ringpark.CarrierLoop} owns
 * the queue and carries the threads; {@link dev.ringpark.TcpSocket} and {@link dev.ringpark.TcpListener} are what they
 * read, write and accept with, {@link dev.ringpark.UnixSocket} and {@link dev.ringpark.UnixListener} the same between
 * processes of one machine; {@link dev.ringpark.UdpSocket} is for datagrams, {@link dev.ringpark.LoopFile} for files.
 * A {@link dev.ringpark.LoopGroup} has several loops, and servers over all of them.
 *
 * <p>Where null is not spoken of it is refused with a {@link NullPointerException}.
 */
@NullMarked
package dev.ringpark;

import org.jspecify.annotations.NullMarked;
