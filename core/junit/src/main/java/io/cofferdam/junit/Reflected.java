package io.cofferdam.junit;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Fields of test classes, which may be private. */
final class Reflected {

    private Reflected() {}

    static @Nullable Object get(Field field, @Nullable Object instance) {
        try {
            return accessible(field).get(Modifier.isStatic(field.getModifiers()) ? null : instance);
        } catch (IllegalAccessException e) {
            throw closed(field, e);
        }
    }

    static void set(Field field, @Nullable Object instance, Object value) {
        if (Modifier.isFinal(field.getModifiers())) {
            throw new ExtensionConfigurationException(
                    field + " is to be injected and cannot be, because it is final; take 'final' out");
        }
        try {
            accessible(field).set(Modifier.isStatic(field.getModifiers()) ? null : instance, value);
        } catch (IllegalAccessException e) {
            throw closed(field, e);
        }
    }

    private static Field accessible(Field field) {
        try {
            field.setAccessible(true);
            return field;
        } catch (InaccessibleObjectException e) {
            throw closed(field, e);
        }
    }

    private static ExtensionConfigurationException closed(Field field, Exception cause) {
        return new ExtensionConfigurationException(
                field + " cannot be reached; open its package to io.cofferdam.junit in module-info", cause);
    }
}
