package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;

/** What sort of service it is, as far as its updates are concerned. */
@Experimental
public enum ServiceKind {
    /** Old and new instances may run side by side. */
    STATELESS,
    /** Its instances have named volumes, which old and new instances must not have at the same time. */
    STATEFUL,
    /** It does its work once for each content and ends, before the services that depend on it are started. */
    ONE_OFF
}
