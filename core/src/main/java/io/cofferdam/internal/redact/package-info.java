/** Keeps secret values out of logs, messages and records; start reading at {@link io.cofferdam.internal.redact.Redactor}. */
@NullMarked
package io.cofferdam.internal.redact;

import org.jspecify.annotations.NullMarked;
