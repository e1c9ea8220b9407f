"""Hardware set-ups."""

from django.urls import reverse

from registry.models import HardwareSetup


def test_saves_a_die_and_shows_the_parsed_diameter(browser, project):
    data = {"project": project.pk, "name": "CA die", "kind": "die", "die_diameter": "10 mm (exact)"}
    browser.fill(reverse("admin:registry_hardwaresetup_add"), data)
    setup = HardwareSetup.objects.get()
    page = browser.get(reverse("admin:registry_hardwaresetup_change", args=[setup.pk])).content.decode()
    assert "= 10 mm, exact" in page
