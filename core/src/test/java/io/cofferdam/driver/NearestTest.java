package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void findsWhatDiffersByFewLetters() {
        assertThat(Nearest.to("lamp-mysq-01", List.of("lamp-mysql-01", "lamp-apache-01", "other")))
                .containsExactly("lamp-mysql-01");
    }

    @Test
    void findsWhatContainsTheWord() {
        assertThat(Nearest.to("web", List.of("shop-web-1", "db", "web2"))).containsExactly("web2", "shop-web-1");
    }

    @Test
    void findsNothingInWhatIsFarAway() {
        assertThat(Nearest.to("web", List.of("database", "queue"))).isEmpty();
    }
}
