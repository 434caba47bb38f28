package admitone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

class ModularityTests {
    private final ApplicationModules modules =
            ApplicationModules.of(AdmitOne.class, resideInAPackage("admitone.simulators.."));

    @Test
    void keepsTheTableOfModulesAndHasNoCycle() {
        modules.verify();
    }

    @Test
    void drawsTheModules() {
        new Documenter(modules, Documenter.Options.defaults().withOutputFolder("target/modules"))
                .writeModulesAsPlantUml()
                .writeIndividualModulesAsPlantUml();
    }
}
