package dev.ringpark.abi;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * One number of ours, and what it is in C.
 *
 * @param owner the simple name of the class that holds it
 * @param name its name there
 * @param value our value
 * @param expression the same in C: a kernel fact keeps the kernel's name, a layout says what it measures
 */
record Fact(String owner, String name, long value, String expression) {
    private static final Pattern IDENTIFIER = Pattern.compile("(?<![\\w.])[A-Za-z_]\\w*");
    private static final List<String> WORDS_OF_C = List.of("sizeof", "offsetof", "struct", "long");

    /** The numbers that {@code type} holds; {@code inC} has the expressions of those that C knows by another name. */
    static List<Fact> of(Class<?> type, Map<String, String> inC) throws IllegalAccessException {
        List<Fact> facts = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            boolean isNumber = field.getType() == int.class || field.getType() == long.class;
            if (isNumber && Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                String expression = inC.getOrDefault(field.getName(), field.getName());
                facts.add(new Fact(type.getSimpleName(), field.getName(), field.getLong(null), expression));
            }
        }
        return facts;
    }

    /** What a header has to declare for the expression to mean anything. */
    List<String> identifiers() {
        return IDENTIFIER.matcher(expression).results().map(MatchResult::group)
                .filter(word -> !WORDS_OF_C.contains(word)).toList();
    }

    @Override
    public String toString() {
        return owner + "." + name;
    }
}
