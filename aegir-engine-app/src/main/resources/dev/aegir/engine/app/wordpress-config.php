<?php
// Made by Aegir, the same for all sites of this code: which site it is, its processes know, and never the request.
$aegir_settings = getenv('AEGIR_SETTINGS', true);
if (!is_string($aegir_settings) || !is_file($aegir_settings)) {
    http_response_code(503);
    exit("This code runs for the sites of a hosting system, and none was named.\n");
}
require $aegir_settings;
unset($aegir_settings);
require_once ABSPATH . 'wp-settings.php';
