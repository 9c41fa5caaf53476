package io.cofferdam.examples.cli;

import io.cofferdam.resource.Image;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RemovedImages;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of images. */
final class ImageDocuments {

    private ImageDocuments() {}

    static Map<String, @Nullable Object> image(Image image) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("id", image.id());
        document.put("tags", image.tags());
        document.put("digests", image.digests());
        document.put("created", image.created().toString());
        document.put("obtained", image.lastObtained().map(Object::toString).orElse(null));
        document.put("size", image.size());
        document.put("architecture", image.architecture());
        document.put("operatingSystem", image.operatingSystem());
        document.put("labels", image.labels());
        return document;
    }

    static Map<String, @Nullable Object> pushed(PushedImage pushed) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("reference", pushed.reference());
        document.put("digest", pushed.digest());
        return document;
    }

    static Map<String, @Nullable Object> removed(String name, RemovedImages removed) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", name);
        document.put("untagged", removed.untagged());
        document.put("deleted", removed.deleted());
        return document;
    }
}
