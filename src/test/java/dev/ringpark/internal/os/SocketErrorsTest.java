package dev.ringpark.internal.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which exception speaks for which failure, those too that no test can have the system make. */
class SocketErrorsTest {
    private static final int NUMBER = 4711;

    @ParameterizedTest
    @CsvSource({
        "ECONNREFUSED,  Connection refused",
        "ETIMEDOUT,     Connection timed out",
    })
    void aPeerThatDoesNotTakeTheConnectionIsAConnectException(Errno errno, String message) {
        assertThat(SocketErrors.of(failure(errno))).isExactlyInstanceOf(ConnectException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "EHOSTUNREACH,  No route to host",
        "ENETUNREACH,   Network is unreachable",
        "EHOSTDOWN,     Host is down",
    })
    void noWayToAPeerIsANoRouteToHostException(Errno errno, String message) {
        assertThat(SocketErrors.of(failure(errno))).isExactlyInstanceOf(NoRouteToHostException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "EADDRINUSE,    Address already in use",
        "EADDRNOTAVAIL, Cannot assign requested address",
        "EACCES,        Permission denied",
    })
    void anAddressThatCannotBeHadIsABindException(Errno errno, String message) {
        assertThat(SocketErrors.ofBind(failure(errno))).isExactlyInstanceOf(BindException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "ECONNRESET,    Connection reset",
        "EPIPE,         Broken pipe",
        "EMFILE,        Too many open files",
        "ENFILE,        Too many open files in system",
        "EACCES,        'Permission denied (EACCES, 4711)'",
        "ENOBUFS,       'No buffer space available (ENOBUFS, 4711)'",
        "UNKNOWN,       errno 4711",
    })
    void everyOtherFailureIsASocketExceptionWithItsNameAndNumberUnlessTheJdkHasWordsForIt(Errno errno, String message) {
        assertThat(SocketErrors.of(failure(errno))).isExactlyInstanceOf(SocketException.class).hasMessage(message);
    }

    @Test
    void whatJavaNioThrewIsTheCause() {
        IOException thrown = new IOException("in its words");

        assertThat(SocketErrors.of(new Failure(Errno.UNKNOWN, 0, thrown))).isExactlyInstanceOf(SocketException.class)
                .hasMessage("in its words").hasCause(thrown);
    }

    private static Failure failure(Errno errno) {
        return new Failure(errno, NUMBER, null);
    }
}
