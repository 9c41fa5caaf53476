package io.cofferdam.junit;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** The annotation that concerns a class: its own or inherited one, else that of a class around it. */
final class Annotations {

    private Annotations() {}

    static Optional<CofferdamTest> of(ExtensionContext context) {
        @Nullable Class<?> type = context.getTestClass().orElse(null);
        while (type != null) {
            Optional<CofferdamTest> found = AnnotationSupport.findAnnotation(type, CofferdamTest.class);
            if (found.isPresent()) {
                return found;
            }
            type = type.getEnclosingClass();
        }
        return Optional.empty();
    }
}
