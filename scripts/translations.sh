#!/bin/sh
# Brings the catalogues up to date with the texts in the code and the templates.
# A language that has no catalogue yet gets one with: LOCALES=fr make translations
set -eu
pybabel=.venv/bin/pybabel
folder=admin_app/translations
mkdir -p build "$folder"
$pybabel -q extract -F pyproject.toml -k '_l lazy_gettext N_' --add-location=file --sort-by-file \
    --project=Taizhang --copyright-holder=Taizhang -o build/messages.pot admin_app models seeds
for locale in $(ls "$folder") ${LOCALES:-zh_Hans_CN}; do
    if [ -f "$folder/$locale/LC_MESSAGES/messages.po" ]; then
        $pybabel -q update -i build/messages.pot -d "$folder" -l "$locale" --no-fuzzy-matching \
            --ignore-obsolete --ignore-pot-creation-date
    else
        $pybabel -q init -i build/messages.pot -d "$folder" -l "$locale"
    fi
done
