package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * Tries operations without waiting, and notes in the handle whether the next of the kind promises anything before the
 * selector calls it ready: after a read that left room or a write that found too little it does not. Loop thread only.
 */
final class Attempts {
    private static final int NEW = 0;   // phase of a connect; what every operation begins with
    private static final int CONNECTING = 1;
    private static final int ROOM_AWAITED = 2;   // by an empty datagram

    private final Transfers transfers;
    private final DatagramTransfers datagrams = new DatagramTransfers();

    Attempts(int bufferBytes) {
        transfers = new Transfers(bufferBytes);
        NioFailures.load();
    }

    /** Tries {@code operation}; true if that ended it, well or not, and false if it would block. */
    boolean ends(Operation operation) {
        SelectorHandle handle = SelectorHandle.of(operation);
        try {
            return switch (operation.kind()) {
                case READ -> read(handle, operation);
                case WRITE -> write(handle, operation);
                case ACCEPT -> accept(handle, operation);
                case CONNECT -> connect(handle, operation);
                case SEND, SEND_TO -> send(handle, operation);
                case RECEIVE, RECEIVE_FROM -> receive(handle, operation);
                default -> throw new AssertionError(operation.kind() + " is none of a socket's operations");
            };
        } catch (ClosedChannelException e) {
            operation.fail(NioFailures.closed(handle, handle.isChannelOpen()));
        } catch (IOException | RuntimeException e) {
            operation.fail(NioFailures.of(e));
        }
        return true;
    }

    private boolean read(SelectorHandle handle, Operation operation) throws IOException {
        int bytes = transfers.read(handle.socket(), operation);
        // The end of the stream is there to be read again, too.
        handle.promise(SelectionKey.OP_READ, bytes < 0 || bytes == transfers.mostBytes(operation));
        operation.succeed(Math.max(bytes, 0));
        return bytes != 0;
    }

    private boolean write(SelectorHandle handle, Operation operation) throws IOException {
        int bytes = transfers.write(handle.socket(), operation);
        handle.promise(SelectionKey.OP_WRITE, bytes == transfers.mostBytes(operation));
        operation.succeed(bytes);
        return bytes != 0;
    }

    /** The JDK passes over connections that vanished before their accept (ECONNABORTED). */
    private static boolean accept(SelectorHandle handle, Operation operation) throws IOException {
        SocketChannel accepted = handle.listener().accept();
        handle.promise(SelectionKey.OP_ACCEPT, false);
        if (accepted == null) {
            return false;
        }
        operation.succeed(SelectorHandle.of(accepted, handle.isIpv4Only(), false));
        return true;
    }

    /**
     * A channel says "0 bytes" of an empty datagram and of one there was no room for. So room for the empty is waited
     * for, and then known to be there, as nobody else sends.
     */
    private boolean send(SelectorHandle handle, Operation operation) throws IOException {
        boolean isEmpty = operation.length() == 0;
        if (isEmpty && operation.phase != ROOM_AWAITED) {
            operation.phase = ROOM_AWAITED;
            return false;
        }
        boolean sent = datagrams.send(handle.datagrams(), operation) == operation.length();
        handle.promise(SelectionKey.OP_WRITE, sent && !isEmpty);
        operation.succeed(sent ? operation.length() : 0);
        return sent;
    }

    private boolean receive(SelectorHandle handle, Operation operation) throws IOException {
        boolean received = datagrams.receive(handle.datagrams(), handle.isIpv6Only(), operation);
        handle.promise(SelectionKey.OP_READ, received);
        return received;
    }

    private static boolean connect(SelectorHandle handle, Operation operation) throws IOException {
        SocketChannel socket = handle.socket();
        boolean isNew = operation.phase == NEW;
        operation.phase = CONNECTING;
        if (!(isNew ? socket.connect(operation.peer()) : socket.finishConnect())) {
            return false;
        }
        handle.connected();
        return true;
    }
}
