package dev.ringpark.internal.os;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;

/** The java.net exception for each failure of a socket, with the JDK's texts. */
public final class SocketErrors {
    private SocketErrors() {}

    /** For everything but bind, listen and datagrams. */
    public static IOException of(Failure failure) {
        SocketException exception = switch (failure.errno()) {
            case ECONNREFUSED, ETIMEDOUT -> new ConnectException(failure.errno().text());
            case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN -> new NoRouteToHostException(failure.errno().text());
            case EADDRINUSE, EADDRNOTAVAIL -> new BindException(failure.errno().text());
            case ECONNRESET -> new SocketException("Connection reset");
            case EPIPE, EMFILE, ENFILE -> new SocketException(failure.errno().text());
            default -> new SocketException(failure.describe());
        };
        if (failure.cause() != null) {
            exception.initCause(failure.cause());
        }
        return exception;
    }

    /** For datagrams: a refusal is the peer's machine's word that nobody has the port. */
    public static IOException ofDatagram(Failure failure) {
        return failure.errno() == Errno.ECONNREFUSED ? new PortUnreachableException() : of(failure);
    }

    /** For bind and listen, where a refused permission concerns the address too. */
    public static IOException ofBind(Failure failure) {
        return failure.errno() == Errno.EACCES ? new BindException(failure.errno().text()) : of(failure);
    }
}
