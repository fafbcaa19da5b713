// Loads Drupal, does one thing, and answers with JSON between marks that only the caller knows, on a stream of its own: what
// the site's code prints is never taken for an answer.
$aegir = static function (array $in, $out): void {
    ['root' => $root, 'url' => $url, 'site' => $site, 'verb' => $verb, 'mark' => $mark, 'arguments' => $arguments] = $in;
    $done = false;
    $answer = static function (array $what) use ($out, $mark, &$done): void {
        if (!$done) {
            $done = true;
            $flags = JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR;
            fwrite($out, "\n$mark " . json_encode($what, $flags) . "\n$mark.\n");
            fflush($out);
        }
    };
    $fail = static function (string $problem, string $message) use ($answer): never {
        $answer(['problem' => $problem, 'message' => $message]);
        exit(3);
    };
    register_shutdown_function(static function () use (&$done, $fail): void {
        if (!$done) {
            $last = error_get_last();
            $fail('DIES', $last === null ? 'it ended before it had an answer' : "$last[message] ($last[file]:$last[line])");
        }
    });
    if (!is_file("$root/autoload.php") || !is_file("$root/core/lib/Drupal.php")) {
        $fail('NO_DRUPAL', "there is no autoload.php and core/lib/Drupal.php in $root");
    }
    chdir($root);
    $at = parse_url($url);
    $port = $at['port'] ?? ($at['scheme'] === 'https' ? 443 : 80);
    $_SERVER = [
        'HTTP_HOST' => $at['host'] . (isset($at['port']) ? ":$port" : ''), 'SERVER_NAME' => $at['host'], 'SERVER_PORT' => $port,
        'REMOTE_ADDR' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'SERVER_SOFTWARE' => 'aegir',
        'REQUEST_URI' => '/', 'SCRIPT_NAME' => '/index.php', 'PHP_SELF' => '/index.php', 'SCRIPT_FILENAME' => "$root/index.php",
        'QUERY_STRING' => '', 'HTTP_USER_AGENT' => '', 'HTTPS' => $at['scheme'] === 'https' ? 'on' : '',
    ] + $_SERVER;
    putenv("AEGIR_SITE=$site");
    $kernel = null;

    try {
        $loader = require "$root/autoload.php";
        if (version_compare(\Drupal::VERSION, '9.4', '<')) {
            $fail('TOO_OLD', 'it is Drupal ' . \Drupal::VERSION . ', and 9.4 is the oldest');
        }
        $request = \Symfony\Component\HttpFoundation\Request::create("$url/", 'GET', [], [], [], $_SERVER);
        $request->setSession(new \Symfony\Component\HttpFoundation\Session\Session(
            new \Symfony\Component\HttpFoundation\Session\Storage\MockArraySessionStorage()
        ));
        $settings = static function (string $class) use (&$kernel, $request, $loader, $root, $site, $fail): void {
            $kernel = $class::createFromRequest($request, $loader, 'prod', true, $root);
            if ($kernel->getSitePath() !== "sites/$site") {
                $fail('NO_SETTINGS', 'Drupal takes ' . $kernel->getSitePath() . " for the site's directory, not sites/$site");
            }
            try {
                $there = \Drupal\Core\Database\Database::getConnection()->schema()->tableExists('key_value');
            } catch (\Throwable $e) {
                $fail('DATABASE', $e->getMessage());
            }
            $there || $fail('NOT_INSTALLED', 'its database has no tables of Drupal');
        };
        $boot = static function (string $class = \Drupal\Core\DrupalKernel::class) use ($settings, &$kernel, $request): void {
            $settings($class);
            $kernel->boot();
            $kernel->preHandle($request);
            $stack = \Drupal::service('request_stack');
            $stack->getCurrentRequest() ?? $stack->push($request);
            $request->attributes->set(\Drupal\Core\Routing\RouteObjectInterface::ROUTE_NAME, '<none>');
            $request->attributes->set(\Drupal\Core\Routing\RouteObjectInterface::ROUTE_OBJECT, new \Symfony\Component\Routing\Route('<none>'));
        };
        $updates = static function () use ($root): void {
            require_once "$root/core/includes/install.inc";
            require_once "$root/core/includes/update.inc";
            function_exists('drupal_load_updates')
                ? drupal_load_updates()
                : \Drupal::moduleHandler()->loadAllIncludes('install');
        };
        $pending = static function (): array {
            $pending = [];
            foreach (update_get_update_list() as $module => $update) {
                foreach (array_keys(isset($update['start']) ? $update['pending'] : []) as $number) {
                    $pending[] = $module . '_update_' . $number;
                }
            }
            return [...$pending, ...\Drupal::service('update.post_update_registry')->getPendingUpdateFunctions()];
        };
        $account = static function () use ($arguments, $fail): \Drupal\user\UserInterface {
            $storage = \Drupal::entityTypeManager()->getStorage('user');
            $name = $arguments['user'] ?? '';
            $found = $name === '' ? [$storage->load(1)] : $storage->loadByProperties(['name' => $name]);
            $user = current($found ?: ($name === '' ? [] : $storage->loadByProperties(['mail' => $name]))) ?: null;
            $user ?? $fail('NO_USER', $name === '' ? 'it has no first account' : "it has no account $name");
            $user->isActive() || $fail('NO_USER', 'the account ' . $user->getAccountName() . ' is blocked');
            return $user;
        };

        switch ($verb) {
            case 'install':
                \Drupal\Core\DrupalKernel::createFromRequest($request, $loader, 'prod', true, $root);
                try {
                    $database = \Drupal\Core\Database\Database::getConnection();
                    $database->driver() === 'pgsql' && $database->query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
                } catch (\Throwable $e) {
                    $fail('DATABASE', $e->getMessage());
                }
                require_once "$root/core/includes/install.core.inc";
                $password = bin2hex(random_bytes(24));
                install_drupal($loader, [
                    'interactive' => false,
                    'site_path' => "sites/$site",
                    'parameters' => ['profile' => $arguments['profile'], 'langcode' => $arguments['locale']],
                    'forms' => ['install_configure_form' => [
                        'site_name' => $arguments['title'],
                        'site_mail' => $arguments['mail'],
                        'account' => [
                            'name' => $arguments['admin'],
                            'mail' => $arguments['mail'],
                            'pass' => ['pass1' => $password, 'pass2' => $password],
                        ],
                        'date_default_timezone' => $arguments['timezone'],
                        'enable_update_status_module' => null,
                        'enable_update_status_emails' => null,
                        'clean_url' => true,
                        'op' => 'Save and continue',
                    ]],
                ]);
                $facts = ['version' => \Drupal::VERSION];
                break;

            case 'status':
                $boot();
                $updates();
                $database = \Drupal\Core\Database\Database::getConnection();
                $facts = [
                    'version' => \Drupal::VERSION,
                    'profile' => (string) \Drupal::installProfile(),
                    'modules' => (string) count(\Drupal::moduleHandler()->getModuleList()),
                    'database' => $database->driver() . ' ' . $database->version(),
                    'maintenance' => \Drupal::state()->get('system.maintenance_mode') ? 'on' : 'off',
                    'updates' => (string) count($pending()),
                ];
                break;

            case 'pending':
                $boot();
                $updates();
                // As Drush knows its deploy hooks: functions in files of their own, and what it has kept of those that ran.
                $deploys = [];
                foreach (array_keys(\Drupal::moduleHandler()->getModuleList()) as $module) {
                    $file = \Drupal::moduleHandler()->loadInclude($module, 'php', "$module.deploy");
                    foreach ($file ? get_defined_functions()['user'] : [] as $function) {
                        // The name of a module may begin like that of another.
                        if (str_starts_with($function, "{$module}_deploy_")
                            && realpath((new ReflectionFunction($function))->getFileName()) === realpath($file)) {
                            $deploys[] = $function;
                        }
                    }
                }
                $ran = array_map('strtolower', (array) \Drupal::keyValue('deploy_hook')->get('existing_updates', []));
                $facts = [
                    'updates' => implode(' ', $pending()),
                    'deploys' => implode(' ', array_diff($deploys, $ran)),
                    'maintenance' => \Drupal::state()->get('system.maintenance_mode') ? 'on' : 'off',
                ];
                break;

            case 'packages':
                $boot();
                $all = [['type' => 'core', 'name' => 'drupal', 'version' => \Drupal::VERSION, 'enabled' => true]];
                $registry = \Drupal::service('update.update_hook_registry');
                foreach (['module', 'theme'] as $kind) {
                    // What is switched on and not there: a site that came from elsewhere may miss it.
                    $known = \Drupal::service("extension.list.$kind")->getList();
                    foreach (array_keys((array) \Drupal::config('core.extension')->get($kind)) as $called) {
                        if (!isset($known[$called])) {
                            $schema = $kind === 'module' ? (int) $registry->getInstalledVersion($called) : -1;
                            $all[] = [
                                'type' => $kind, 'name' => (string) $called, 'version' => '', 'title' => '',
                                'schema' => $schema < 0 ? null : $schema, 'enabled' => true,
                            ];
                        }
                    }
                    foreach (\Drupal::service("extension.list.$kind")->getList() as $called => $extension) {
                        $on = !empty($extension->status);
                        $schema = $kind === 'module' && $on ? (int) $registry->getInstalledVersion($called) : -1;
                        $all[] = [
                            'type' => $extension->getType(), 'name' => (string) $called,
                            'version' => (string) ($extension->info['version'] ?? ''),
                            'title' => (string) ($extension->info['name'] ?? ''),
                            'schema' => $schema < 0 ? null : $schema, 'enabled' => $on,
                        ];
                    }
                }
                $facts = ['packages' => json_encode($all, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES)];
                break;

            case 'update':
                $boot(\Drupal\Core\Update\UpdateKernel::class);
                $updates();
                $wrong = [];
                foreach (function_exists('update_check_requirements') ? update_check_requirements() : [] as $requirement) {
                    $severity = $requirement['severity'] ?? 0;
                    if (($severity instanceof \BackedEnum ? $severity->value : $severity) === 2) {
                        $wrong[] = strip_tags((string) ($requirement['title'] ?? '') . ': ' . (string) (is_array($requirement['value'] ?? '') ? '' : $requirement['value'] ?? ''));
                    }
                }
                $wrong && $fail('REQUIREMENTS', implode('; ', $wrong));
                $start = [];
                foreach (update_get_update_list() as $module => $update) {
                    isset($update['start'])
                        ? $start[$module] = $update['start']
                        : (isset($update['warning']) && $fail('REQUIREMENTS', strip_tags((string) $update['warning'])));
                }
                $before = $pending();
                $state = \Drupal::state();
                $maintenance = (bool) $state->get('system.maintenance_mode', false);
                $state->set('system.maintenance_mode', true);
                $results = [];
                $once = static function (callable $function, array $words) use (&$results, $state, $maintenance, $fail): void {
                    $context = ['sandbox' => [], 'results' => &$results, 'finished' => 1, 'message' => ''];
                    do {
                        $context['finished'] = 1;
                        $function(...[...$words, &$context]);
                    } while ($context['finished'] < 1);
                    if (!empty($results['#abort'])) {
                        $state->set('system.maintenance_mode', $maintenance);
                        $fail('UPDATE', 'this update failed: ' . implode(', ', $results['#abort']) . '; ' . strip_tags(json_encode($results, JSON_PARTIAL_OUTPUT_ON_ERROR)));
                    }
                };
                foreach (update_resolve_dependencies($start) as $update) {
                    $update['allowed'] || $fail('UPDATE', $update['module'] . '_update_' . $update['number'] . ' needs '
                        . implode(', ', $update['missing_dependencies']) . ', which is not there');
                    if (isset($start[$update['module']])) {
                        \Drupal::service('update.update_hook_registry')->setInstalledVersion($update['module'], $update['number'] - 1);
                        unset($start[$update['module']]);
                    }
                    $once('update_do_one', [$update['module'], $update['number'], array_keys($update['reverse_paths'] ?? [])]);
                }
                drupal_flush_all_caches();
                foreach (\Drupal::service('update.post_update_registry')->getPendingUpdateFunctions() as $function) {
                    $once('update_invoke_post_update', [$function]);
                }
                drupal_flush_all_caches();
                \Drupal::state()->set('system.maintenance_mode', $maintenance);
                $facts = ['updates' => (string) count($before), 'updated' => implode(' ', $before)];
                break;

            case 'rebuild':
                $settings(\Drupal\Core\DrupalKernel::class);
                require_once "$root/core/includes/utility.inc";
                drupal_rebuild($loader, $request);
                $facts = [];
                break;

            case 'cron':
                $boot();
                \Drupal::service('cron')->run() || $fail('CRON', 'its cron did not run: it runs already, or its log says why');
                $facts = [];
                break;

            case 'sanitise':
                $boot();
                $database = \Drupal\Core\Database\Database::getConnection();
                $mail = \Drupal::configFactory()->getEditable('system.mail');
                $mail->set('interface', array_fill_keys(
                    array_keys(['default' => 1] + (array) $mail->get('interface')),
                    'test_mail_collector'
                ))->save();
                $named = static fn (string $what) => array_values(array_filter(array_map('trim', explode(',', $arguments[$what]))));
                $facts = aegir_sanitise_drupal(
                    static fn (string $sql, array $args) => $database->query($sql, $args)->fetchAll(\PDO::FETCH_ASSOC),
                    static function (string $sql, array $args) use ($database): void {
                        $database->query($sql, $args);
                    },
                    $database->driver() === 'pgsql',
                    explode(' ', $arguments['empty']),
                    json_decode($arguments['change'], true, 4, JSON_THROW_ON_ERROR),
                    $named('keep'),
                    $named('emptied'),
                    $named('forget'),
                    $fail
                );
                \Drupal::state()->set('system.cron_key', bin2hex(random_bytes(32)));
                foreach (\Drupal\Core\Cache\Cache::getBins() as $bin) {
                    $bin->deleteAll();
                }
                break;

            case 'maintenance':
                $boot();
                \Drupal::state()->set('system.maintenance_mode', $arguments['on'] === 'true');
                $facts = [];
                break;

            case 'login':
                $boot();
                $user = $account();
                $language = \Drupal::config('language.negotiation')->get('url') ?? [];
                $prefix = ($language['source'] ?? '') === 'path_prefix'
                    ? $language['prefixes'][\Drupal::languageManager()->getDefaultLanguage()->getId()] ?? ''
                    : '';
                $now = time();
                $facts = ['uid' => (string) $user->id(), 'prefix' => $prefix, 'now' => (string) $now];
                // Drupal before 10.2 joins what it signs in another way, so it is asked as long as it has this function.
                $facts += function_exists('user_pass_rehash') ? ['proof' => @user_pass_rehash($user, $now)] : [
                    'mail' => (string) $user->getEmail(),
                    'login' => (string) $user->getLastLoginTime(),
                    'hash' => (string) $user->getPassword(),
                ];
                break;

            case 'password':
                $boot();
                $user = $account();
                $user->setPassword($arguments['password']);
                $user->save();
                // Drupal's own way to end sessions does nothing on a command line.
                $sessions = 'Drupal\Core\Session\UserSessionRepositoryInterface';
                if (\Drupal::hasService($sessions)) {
                    \Drupal::service($sessions)->deleteAll((int) $user->id());
                } elseif (\Drupal::database()->schema()->tableExists('sessions')) {
                    \Drupal::database()->delete('sessions')->condition('uid', $user->id())->execute();
                }
                $facts = ['user' => $user->getAccountName()];
                break;

            default:
                $fail('DIES', "there is no $verb");
        }
    } catch (\Throwable $e) {
        $fail('DIES', get_class($e) . ': ' . $e->getMessage() . ' (' . $e->getFile() . ':' . $e->getLine() . ')');
    }
    $answer(['facts' => (object) $facts]);
    exit(0);
};
