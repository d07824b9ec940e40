package dev.ringpark.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A long test: left out of the normal build, and given more time than others. */
@Tag("stress")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Stress {}
