package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TelegramLinksTests {
    @Test
    void leadToTheSimulatorInADemoAndNothingElseDoes() {
        TelegramLinks demo = new TelegramLinks("http://127.0.0.1:9/t.me/");

        assertThat(demo.shown("https://t.me/+way-in")).isEqualTo("http://127.0.0.1:9/t.me/+way-in");
        assertThat(demo.shown("https://t.me/a_bot?start=x")).isEqualTo("http://127.0.0.1:9/t.me/a_bot?start=x");
        assertThat(demo.shown("https://t.me.example/+way-in")).isEqualTo("https://t.me.example/+way-in");
    }
}
