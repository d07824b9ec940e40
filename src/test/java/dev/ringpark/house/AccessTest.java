package dev.ringpark.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.ringpark.house.Compiled.MAIN;
import static dev.ringpark.house.Compiled.injected;
import static dev.ringpark.house.Compiled.violations;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which room may reach into the JDK and the system, and what loop code may not touch. */
class AccessTest {
    /** Restricted in the Javadoc of java.lang.foreign and of those who load libraries. */
    private static final Set<String> RESTRICTED = Set.of("downcallHandle", "upcallStub", "libraryLookup", "reinterpret",
            "withTargetLayout", "enableNativeAccess", "load", "loadLibrary");
    private static final List<String> RESTRICTING = List.of(
            "java.lang.foreign.", "java.lang.System", "java.lang.Runtime", "java.lang.ModuleLayer$Controller");
    private static final List<Class<?>> BLOCKING = List.of(BlockingQueue.class, ConcurrentMap.class, Semaphore.class,
            CountDownLatch.class, Exchanger.class, Phaser.class, System.Logger.class);
    private static final List<Class<?>> CHANGING = List.of(Collection.class, Map.class, ThreadLocal.class);
    private static final List<Class<?>> FIXED = List.of(List.class, Set.class, Map.class);
    private static final Set<String> INTRUDING = Set.of("privateLookupIn", "setAccessible", "trySetAccessible");

    private static final ArchRule NATIVE_ACCESS = noClasses().that()
            .resideOutsideOfPackages("dev.ringpark.internal.os.*", "dev.ringpark.internal.backend.uring")
            .should().accessTargetWhere(describe("it is restricted", AccessTest::isRestricted));
    private static final ArchRule INSIDE_OF_THE_JDK = noClasses().that()
            .resideOutsideOfPackage("dev.ringpark.internal.jdk")
            .should().accessTargetWhere(describe("it is an intrusion", AccessTest::isIntrusion));
    private static final ArchRule NOT_EVEN_THERE = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("sun..", "jdk..", "com.sun..");
    private static final ArchRule LOOP_CODE = noClasses()
            .that(describe("are loop code", type -> LoopCode.includes(type) && !LoopCode.mayLock(type)))
            .should().dependOnClassesThat(describe("lock, or log", AccessTest::locksOrLogs));
    private static final ArchRule STATIC_STATE = fields().that().areStatic().should(neverChange());

    @Test
    void onlyTheSystemsRoomsAndTheRingCallWhatTheJvmRestricts() {
        assertThat(violations(NATIVE_ACCESS, MAIN)).isEmpty();
    }

    @Test
    void onlyOneRoomReachesIntoTheJdkAndNobodyUsesItsInternalClasses() {
        assertThat(violations(INSIDE_OF_THE_JDK, MAIN)).isEmpty();
        assertThat(violations(NOT_EVEN_THERE, MAIN)).isEmpty();
    }

    @Test
    void loopCodeKnowsNoLockNoBlockingQueueAndNoLog() {
        assertThat(violations(LOOP_CODE, MAIN)).isEmpty();
    }

    @Test
    void allThatIsListedAsLoopCodeIsThere() {
        Set<String> names = MAIN.stream().map(JavaClass::getName).collect(Collectors.toSet());
        assertThat(names).containsAll(LoopCode.FILES);
        assertThat(LoopCode.ROOMS).allMatch(room -> names.stream().anyMatch(name -> name.startsWith(room)));
    }

    @Test
    void eachClassOfLoopCodeThatMayLockOrLogDoes() {
        for (String name : LoopCode.LOCKS.keySet()) {
            ArchRule rule = noClasses().that().haveFullyQualifiedName(name)
                    .should().dependOnClassesThat(describe("lock, or log", AccessTest::locksOrLogs));
            assertThat(violations(rule, MAIN)).as(name).isNotEmpty();
        }
    }

    @Test
    void noStaticFieldChanges() {
        assertThat(violations(STATIC_STATE, MAIN)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "java.lang.foreign.MemorySegment.NULL.reinterpret(8)",
        "java.lang.foreign.Linker.nativeLinker().downcallHandle(null)",
        "java.lang.foreign.SymbolLookup.libraryLookup(\"c\", null)",
        "System.loadLibrary(\"c\")",
    })
    void aRestrictedCallElsewhereIsNoticed(String call, @TempDir Path folder) throws Exception {
        assertNoticed(NATIVE_ACCESS, "dev.ringpark.internal.op", "void call() { " + call + "; }", folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "java.lang.invoke.MethodHandles.privateLookupIn(Thread.class, null)",
        "Thread.class.getDeclaredField(\"eetop\").setAccessible(true)",
    })
    void aReachIntoTheJdkElsewhereIsNoticed(String call, @TempDir Path folder) throws Exception {
        assertNoticed(INSIDE_OF_THE_JDK, "dev.ringpark", "void call() throws Exception { " + call + "; }", folder);
    }

    @Test
    void aClassOfTheJdksInsideIsNoticed(@TempDir Path folder) throws Exception {
        assertNoticed(NOT_EVEN_THERE, "dev.ringpark.internal.jdk", "sun.misc.Unsafe unsafe;", folder);
    }

    @ParameterizedTest
    @CsvSource({
        "dev.ringpark.internal.dispatch,                  java.util.concurrent.locks.ReentrantLock",
        "dev.ringpark.internal.backend.selector, java.util.concurrent.locks.Lock",
        "dev.ringpark.internal.backend.uring,    java.util.concurrent.LinkedBlockingQueue",
        "dev.ringpark.internal.op,               java.util.concurrent.ConcurrentHashMap",
        "dev.ringpark.internal.backend.fd,       java.util.concurrent.Semaphore",
        "dev.ringpark.internal.dispatch,                  java.lang.System.Logger",
    })
    void aLockOrALogInLoopCodeIsNoticed(String room, String type, @TempDir Path folder) throws Exception {
        assertNoticed(LOOP_CODE, room, type + " field;", folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "static int count;",
        "static final java.util.concurrent.atomic.AtomicLong COUNT = new java.util.concurrent.atomic.AtomicLong();",
        "static final ThreadLocal<byte[]> CACHE = new ThreadLocal<>();",
        "static final java.util.ArrayList<String> NAMES = new java.util.ArrayList<>();",
    })
    void staticStateThatChangesIsNoticed(String field, @TempDir Path folder) throws Exception {
        assertNoticed(STATIC_STATE, "dev.ringpark.internal.op", field, folder);
    }

    private static void assertNoticed(ArchRule rule, String room, String member, Path folder) throws Exception {
        String source = "package " + room + "; class Injected { " + member + " }";

        assertThat(violations(rule, injected(folder, source))).isNotEmpty()
                .allMatch(each -> each.contains(room + ".Injected"));
    }

    private static boolean isRestricted(JavaAccess<?> access) {
        return RESTRICTED.contains(access.getName())
                && RESTRICTING.stream().anyMatch(access.getTargetOwner().getName()::startsWith);
    }

    private static boolean isIntrusion(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return INTRUDING.contains(access.getName())
                && (owner.isEquivalentTo(MethodHandles.class) || owner.getPackageName().equals("java.lang.reflect"));
    }

    private static boolean locksOrLogs(JavaClass type) {
        boolean locks = type.getPackageName().equals("java.util.concurrent.locks")
                && !type.isEquivalentTo(LockSupport.class);
        return locks || type.getPackageName().equals("java.util.logging") || type.getName().equals("dev.ringpark.Log")
                || BLOCKING.stream().anyMatch(type::isAssignableTo);
    }

    private static ArchCondition<JavaField> neverChange() {
        return new ArchCondition<>("never change") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                if (!field.getModifiers().contains(JavaModifier.FINAL) || isMadeToChange(field.getRawType())) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is static and can change"));
                }
            }
        };
    }

    /** List, Set and Map may be of the kind that never does. */
    private static boolean isMadeToChange(JavaClass type) {
        boolean mayBeFixed = FIXED.stream().anyMatch(type::isEquivalentTo);
        return !mayBeFixed && (CHANGING.stream().anyMatch(type::isAssignableTo)
                || type.getPackageName().equals("java.util.concurrent.atomic"));
    }
}
