from django.db import migrations, models

WITHHELD = models.CharField(
    blank=True,
    choices=[
        ("held", "waits for somebody to look at it"),
        ("hidden", "hidden"),
        ("removed", "removed"),
    ],
    db_default="",
    default="",
    max_length=8,
    verbose_name="withheld",
)


class Migration(migrations.Migration):
    dependencies = [("community", "0003_group_words_in_mail")]
    operations = [
        migrations.AddField(model, "withheld", WITHHELD.clone()) for model in ("post", "comment", "group")
    ]
