package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestService;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is made at its first use tells no mistake in its wiring at the start. */
class LateControllersFlowTests {
    @Test
    void whateverIsMadeLateCanBeMade() {
        var context = TestService.shared().context();
        var beans = context.getBeanFactory();
        List<String> late = Arrays.stream(beans.getBeanDefinitionNames())
                .filter(name -> beans.getBeanDefinition(name).isLazyInit())
                .toList();

        assertThat(late)
                .containsAll(Arrays.asList(beans.getBeanNamesForAnnotation(ApiController.class)))
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(context.getBean(name)).isNotNull());
    }
}
