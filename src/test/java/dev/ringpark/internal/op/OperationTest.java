package dev.ringpark.internal.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** IDLE, ASKED, DONE: the owner's half and the loop's. */
class OperationTest {
    private static final Path FROM = Path.of("x");
    private static final InetSocketAddress PEER = InetSocketAddress.createUnresolved("peer", 7);
    private static final Failure REFUSED = new Failure(Errno.ECONNREFUSED, 111, null);

    private final Descriptor handle = new Descriptor() { };
    private final Operation operation = new Operation(handle);
    private final byte[] array = new byte[100];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(100);

    // ---- states ----

    @Test
    void itIsIdleThenAskedThenDoneThenIdleAgain() {
        assertThat(state()).isEqualTo("idle");
        operation.beginAccept(Moment.NONE);
        assertThat(state()).isEqualTo("asked");
        operation.finish();
        assertThat(state()).isEqualTo("done");
        operation.reset();
        assertThat(state()).isEqualTo("idle");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindIsAskedAndTellsWhatItIs(Kind kind) {
        begin(kind, 5);

        assertThat(state()).isEqualTo("asked");
        assertThat(operation.kind()).isEqualTo(kind);
        assertThat(operation.handle()).isSameAs(handle);
        assertThat(operation.deadlineNanos()).isEqualTo(kind == Kind.CLOSE ? Moment.NONE : 5);
    }

    @Test
    void theNextUseHasItsOwnDeadline() {
        begin(Kind.READ, 5);
        end();
        begin(Kind.READ, Moment.NONE);

        assertThat(operation.deadlineNanos()).isEqualTo(Moment.NONE);
    }

    @Test
    void eachBeginIsAnotherUse() {
        begin(Kind.READ, 5);
        int first = operation.use();
        end();
        begin(Kind.READ, 5);

        assertThat(operation.use()).isNotEqualTo(first);
    }

    @Test
    void whoBeganIsTheOneToBeUnparked() throws Exception {
        FutureTask<Thread> began = new FutureTask<>(() -> {
            begin(Kind.READ, 5);
            return Thread.currentThread();
        });
        Thread.ofVirtual().start(began);

        assertThat(began.get()).isNotSameAs(Thread.currentThread()).isSameAs(operation.finish());
    }

    @Test
    void theLoopOwesACompletionFromAdmissionToTheEnd() {
        begin(Kind.READ, 5);
        assertThat(operation.isAdmitted()).isFalse();
        operation.admit();
        assertThat(operation.isAdmitted()).isTrue();
        operation.finish();
        assertThat(operation.isAdmitted()).isFalse();
    }

    @Test
    void stepsOutOfOrderAreNoticed() {
        assertThatThrownBy(operation::reset).isInstanceOf(AssertionError.class);
        begin(Kind.ACCEPT, 5);
        assertThatThrownBy(() -> operation.beginAccept(5)).hasMessage("begun twice");
        assertThatThrownBy(operation::reset).isInstanceOf(AssertionError.class);
        operation.admit();
        assertThatThrownBy(operation::admit).isInstanceOf(AssertionError.class);
        operation.finish();
        assertThatThrownBy(operation::finish).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> operation.beginAccept(5)).hasMessage("begun twice");
    }

    @Test
    void itCannotEndWhileSomethingOfTheLoopsStillPointsToIt() {
        begin(Kind.READ, 5);
        assertRefusesToEnd(each -> each.lent = 3);
        operation.lent = -1;
        InFlight table = new InFlight(1);
        assertRefusesToEnd(table::admit);
        table.release(operation);
        Deadlines deadlines = new Deadlines();
        assertRefusesToEnd(deadlines::add);
        deadlines.remove(operation);

        operation.finish();
        assertThat(state()).isEqualTo("done");
    }

    @Test
    void anAcceptWhoseOwnerHasDesertedLeavesItsConnectionToTheLoop() {
        Descriptor accepted = new Descriptor() { };
        begin(Kind.ACCEPT, 5);

        assertThat(operation.desert()).isTrue();
        operation.succeed(accepted);

        assertThat(operation.brought()).isSameAs(accepted);
        assertThat(operation.finish()).isNull();
        assertThat(operation.isDone()).isFalse();
        assertThat(operation.isIdle()).isFalse();   // never begun again
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whoWouldDesertWhatIsDoneHasItsResult(Kind kind) {
        begin(kind, 5);
        operation.finish();

        assertThat(operation.desert()).isFalse();
        assertThat(state()).isEqualTo("done");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "ACCEPT", mode = EnumSource.Mode.EXCLUDE)
    void whatElseADesertedOperationBringsIsNobodys(Kind kind) {
        begin(kind, 5);
        assertThat(operation.desert()).isTrue();

        assertThat(operation.brought()).isNull();
        assertThat(operation.finish()).isSameAs(Thread.currentThread());   // who has gone, and is not harmed
        assertThat(operation.isIdle()).isFalse();
    }

    @Test
    void anAcceptThatFailsBringsNothing() {
        begin(Kind.ACCEPT, 5);
        operation.fail(REFUSED);

        assertThat(operation.brought()).isNull();
    }

    // ---- what is asked ----

    @Test
    void anArrayIsHandedOnAsItIs() {
        operation.beginTransfer(Kind.WRITE, array, 10, 20, 5);

        assertThat(operation.array()).isSameAs(array);
        assertThat(operation.buffer()).isNull();
        assertThat(operation.offset()).isEqualTo(10);
        assertThat(operation.length()).isEqualTo(20);
    }

    @Test
    void aBufferIsHandedOnWithTheAddressOfItsFirstByteToMoveAndStaysWhereItStands() {
        buffer.position(50);
        operation.beginTransfer(Kind.READ, buffer, 1000, 10, 20, 5);

        assertThat(operation.buffer()).isSameAs(buffer);
        assertThat(operation.array()).isNull();
        assertThat(operation.address()).isEqualTo(1010);
        assertThat(operation.offset()).isEqualTo(10);
        assertThat(operation.length()).isEqualTo(20);
        assertThat(buffer.position()).isEqualTo(50);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 101", "100, 1", "1, 100", "0, -1", "2147483647, 2147483647"})
    void noByteBesideTheBufferIsAskedFor(int offset, int length) {
        assertThatThrownBy(() -> operation.beginTransfer(Kind.READ, buffer, 1000, offset, length, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(state()).isEqualTo("idle");
    }

    @Test
    void aConnectKnowsItsPeer() {
        operation.beginConnect(PEER, 5);

        assertThat(operation.peer()).isSameAs(PEER);
    }

    // ---- what an earlier use left ----

    @Test
    void aUseThatWasCutShortLeavesNoArrayToTheNext() {
        cutShort(() -> operation.beginTransfer(Kind.WRITE, array, 0, 5, 5));
        assertThat(operation.array()).isSameAs(array);

        operation.beginTransfer(Kind.READ, buffer, 1000, 0, 10, 5);
        assertThat(operation.array()).isNull();
        assertThat(operation.buffer()).isSameAs(buffer);
    }

    @Test
    void aUseThatWasCutShortLeavesNoBufferToTheNext() {
        cutShort(() -> operation.beginTransfer(Kind.WRITE, buffer, 1000, 0, 5, 5));
        assertThat(operation.buffer()).isSameAs(buffer);

        operation.beginTransfer(Kind.READ, array, 0, 10, 5);
        assertThat(operation.buffer()).isNull();
        assertThat(operation.array()).isSameAs(array);
    }

    @Test
    void aResetForgetsEverything() {
        operation.beginTransfer(Kind.READ, buffer, 1000, 0, 10, 5);
        operation.askToCancel(CancelReason.TIMEOUT);
        operation.phase = 3;
        operation.succeed(7);
        operation.succeed(handle);
        operation.fail(REFUSED);
        end();

        assertThat(operation.buffer()).isNull();
        assertThat(operation.failure()).isNull();
        assertThat(operation.result()).isZero();
        assertThat(operation.phase).isZero();
        assertThat(operation.cancelReason()).isEqualTo(CancelReason.NONE);
        assertThat(operation.isCancelAsked()).isFalse();
        assertThatThrownBy(operation::accepted).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(operation::finish).isInstanceOf(NullPointerException.class);   // no owner is kept
    }

    @Test
    void aResetForgetsTheArray() {
        operation.beginTransfer(Kind.READ, array, 0, 10, 5);
        end();

        assertThat(operation.array()).isNull();
    }

    // ---- cancel ----

    @ParameterizedTest
    @EnumSource(value = CancelReason.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void theFirstReasonStaysAndTheOthersAreRefused(CancelReason first) {
        begin(Kind.READ, 5);
        assertThat(operation.isCancelAsked()).isFalse();

        assertThat(operation.askToCancel(first)).isTrue();
        for (CancelReason other : CancelReason.values()) {
            assertThat(operation.askToCancel(other)).isFalse();
        }
        assertThat(operation.cancelReason()).isEqualTo(first);
        assertThat(operation.isCancelAsked()).isTrue();
    }

    @Test
    void aCancelIsANoteAndEndsNothing() {
        begin(Kind.READ, 5);
        operation.askToCancel(CancelReason.INTERRUPT);

        assertThat(state()).isEqualTo("asked");
        operation.finish();
        assertThat(operation.cancelReason()).isEqualTo(CancelReason.INTERRUPT);   // for the owner to read
    }

    // ---- what came of it ----

    @Test
    void theOwnerReadsTheResultOrTheFailure() {
        begin(Kind.READ, 5);
        operation.succeed(42);
        operation.finish();
        assertThat(operation.result()).isEqualTo(42);
        assertThat(operation.failure()).isNull();
        operation.reset();

        begin(Kind.CONNECT, 5);
        operation.fail(REFUSED);
        operation.finish();
        assertThat(operation.failure()).isSameAs(REFUSED);
    }

    @Test
    void theOwnerReadsTheAcceptedConnection() {
        Descriptor accepted = new Descriptor() { };
        begin(Kind.ACCEPT, 5);
        operation.succeed(accepted);
        operation.finish();

        assertThat(operation.accepted()).isSameAs(accepted);
    }

    @Test
    void aDatagramsAddressGoesInWithItsSendAndComesOutWithItsReceive() {
        operation.peer(PEER);
        begin(Kind.SEND_TO, 5);
        assertThat(operation.peer()).isSameAs(PEER);
        end();
        begin(Kind.RECEIVE_FROM, 5);
        operation.peer(PEER);
        operation.finish();
        assertThat(operation.peer()).isSameAs(PEER);
        operation.reset();
        begin(Kind.RECEIVE, 5);

        assertThatThrownBy(operation::peer).isInstanceOf(NullPointerException.class);
    }

    private void begin(Kind kind, long deadlineNanos) {
        switch (kind) {
            case ACCEPT -> operation.beginAccept(deadlineNanos);
            case CONNECT -> operation.beginConnect(PEER, deadlineNanos);
            case READ, WRITE, SEND, RECEIVE, SEND_TO, RECEIVE_FROM, READ_AT, WRITE_AT ->
                    operation.beginTransfer(kind, array, 0, 10, deadlineNanos);
            case AWAIT_READABLE, AWAIT_WRITABLE -> operation.beginAwait(kind, deadlineNanos);
            case CLOSE -> operation.beginClose();
            case OPEN -> operation.beginOpen(new OpenRequest(FROM, Set.of(), null), deadlineNanos);
            case SYNC -> operation.beginSync(true, deadlineNanos);
            case STAT -> operation.beginStat(true, deadlineNanos);
            case TRUNCATE -> operation.beginTruncate(5, deadlineNanos);
            case ALLOCATE -> operation.beginAllocate(5, 10, deadlineNanos);
            case RENAME -> operation.beginPath(new PathRequest.Rename(FROM, FROM, true), deadlineNanos);
            case REMOVE -> operation.beginPath(new PathRequest.Remove(FROM, true), deadlineNanos);
            case MAKE_DIRECTORY -> operation.beginPath(new PathRequest.MakeDirectory(FROM, null), deadlineNanos);
        }
    }

    private void end() {
        operation.finish();
        operation.reset();
    }

    /** As running out of stack would: after what is asked has been noted, before it is asked. */
    private void cutShort(Runnable begin) {
        operation.heapIndex = 0;
        assertThatThrownBy(begin::run).isInstanceOf(AssertionError.class);
        operation.heapIndex = Moment.NOT_QUEUED;
        assertThat(state()).isEqualTo("idle");
    }

    private void assertRefusesToEnd(Consumer<Operation> hold) {
        hold.accept(operation);
        assertThatThrownBy(operation::finish).isInstanceOf(AssertionError.class);
        assertThat(state()).isEqualTo("asked");
    }

    private String state() {
        return operation.isIdle() ? "idle" : operation.isDone() ? "done" : "asked";
    }
}
