//! What other tools are given: a hub of forecasters, JSON schemas, completions and manual pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use afterwave::diagnostics::Problems;
use afterwave::input::builtin;
use afterwave::input::scenario::read_scenario;
use serde_json::Value;
use tempfile::TempDir;

use crate::shared::command::{afterwave, rows};

#[test]
fn a_hub_within_the_results_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut command = afterwave();
    command.args(["run", "two-waves", "--draws", "20", "--out"]).arg(&out);
    let output = command.arg("--hub").arg(out.join("hub")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--hub"));
    assert!(!out.join("summary.csv").exists());
}

#[test]
fn a_hub_tells_no_more_draws_than_there_are() {
    let folder = TempDir::new().unwrap();
    let mut command = afterwave();
    command.args(["run", "two-waves", "--draws", "20", "--hub-samples", "21", "--out"]);
    command.arg(folder.path().join("out")).arg("--hub").arg(folder.path().join("hub"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--hub-samples") && said.contains("up to --draws, 20"), "{said}");
    assert!(!folder.path().join("out").exists() && !folder.path().join("hub").exists());
}

#[test]
fn a_hub_holds_the_quantiles_of_the_projection() {
    let folder = TempDir::new().unwrap();
    let (out, hub) = (folder.path().join("out"), folder.path().join("hub"));
    let mut command = afterwave();
    command.args(["run", "two-waves", "--draws", "70", "--charts", "none", "--report", "none"]);
    command.arg("--out").arg(&out).arg("--hub").arg(&hub).args(["--hub-samples", "70"]);
    command.assert().success();
    let id = "afterwave-informed";
    let answers = rows(&hub.join(format!("model-output/{id}/2020-02-01-{id}.csv")));
    let (answers, samples): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|row| row["output_type"] == "quantile");
    // All draws are told: they have the mean of the projection, service by service and month by month.
    let mut sums = BTreeMap::new();
    for row in &samples {
        let value: f64 = row["value"].parse().unwrap();
        let key = (row["target"].clone(), row["target_date"].clone());
        let (sum, ids): &mut (f64, BTreeSet<String>) = sums.entry(key).or_default();
        *sum += value / 70.0;
        assert!(ids.insert(row["output_type_id"].clone()), "{row:?}");
    }
    assert!(hub.join(format!("model-metadata/{id}.yml")).exists());
    let projection = rows(&out.join("projection.csv"));
    let mut compared = 0;
    for own in projection.iter().filter(|row| row["measure"] == "referrals") {
        let (mean, ids) = &sums[&(own["service"].clone(), own["month"].clone())];
        let told: f64 = own["mean"].parse().unwrap();
        assert!((mean - told).abs() <= 2e-5 * told && ids.len() == 70, "{own:?}: {mean}");
        for (level, column) in [("0.05", "q05"), ("0.5", "q50"), ("0.95", "q95")] {
            let answer = answers.iter().find(|answer| {
                (&answer["target"], &answer["target_date"]) == (&own["service"], &own["month"])
                    && answer["output_type_id"] == level
            });
            let (ours, theirs): (f64, f64) =
                (answer.unwrap()["value"].parse().unwrap(), own[column].parse().unwrap());
            assert!((ours - theirs).abs() <= 6e-6 * theirs, "{own:?}: {ours}");
            compared += 1;
        }
        if compared > 600 {
            break;
        }
    }
    assert!(compared > 600);
    // Every task that is answered is one that is asked.
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(hub.join("hub-config").join(name)).unwrap())
            .unwrap()
    };
    let tasks = &read("tasks.json")["rounds"][0]["model_tasks"][0];
    for (name, values) in tasks["task_ids"].as_object().unwrap() {
        let words = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let asked: BTreeSet<String> = ["required", "optional"]
            .iter()
            .flat_map(|key| values[key].as_array().cloned().unwrap_or_default())
            .map(|value| words(&value))
            .collect();
        let answered: BTreeSet<String> = answers.iter().map(|row| row[name].clone()).collect();
        assert_eq!(asked, answered, "{name}");
    }
    let levels = tasks["output_type"]["quantile"]["output_type_id"]["required"].as_array().unwrap();
    assert_eq!(levels.len(), 23);
    let ids = &tasks["output_type"]["sample"]["output_type_id_params"];
    assert_eq!(
        (&ids["min_samples_per_task"], &ids["type"]),
        (&Value::from(70), &Value::from("integer"))
    );
    let targets = tasks["target_metadata"].as_array().unwrap();
    assert!(targets.iter().all(|target| target["target_id"].as_str().unwrap().len() <= 30));
    let came = rows(&hub.join("target-data/time-series.csv"));
    assert!(came.len() > 100 && came.iter().all(|row| row["location"] == "England"));
    assert_eq!(read("admin.json")["file_format"][0], "csv");
}

fn schema(name: &str) -> Value {
    let file = format!("docs/schema/{name}.json");
    let (_, text) = builtin::SCHEMAS.iter().find(|(path, _)| *path == file).unwrap();
    serde_json::from_str(text).unwrap()
}

/// The names a schema allows in the tables of a file, by the path of the table.
fn allowed(schema: &Value, path: &str, found: &mut Vec<(String, BTreeSet<String>)>) {
    let Some(properties) = schema["properties"].as_object() else { return };
    if properties.contains_key("central") {
        return;
    }
    assert_eq!(schema["additionalProperties"], false, "{path}");
    found.push((path.to_owned(), properties.keys().cloned().collect()));
    for (name, inner) in properties {
        let inside = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let tables = [inner, &inner["items"], &inner["additionalProperties"]];
        for table in tables {
            allowed(table, &inside, found);
        }
    }
}

/// What the reader says is allowed where a key is unknown is what the schema allows there.
#[test]
fn schemas_allow_what_the_reader_allows() {
    let folder = TempDir::new().unwrap();
    let mut scenario = Vec::new();
    allowed(&schema("scenario"), "", &mut scenario);
    assert!(scenario.len() >= 8, "{scenario:?}");
    for (path, names) in scenario {
        let header = match path.as_str() {
            "" => String::new(),
            "restriction.given_for" => "[[restriction]]\n[restriction.given_for]\n".to_owned(),
            "response" | "exposure" => format!("[{path}]\n"),
            "track" => "[track.virus]\n".to_owned(),
            list => format!("[[{list}]]\n"),
        };
        let file = folder.path().join("s.toml");
        fs::write(&file, format!("{header}zzzzzz = 1\n")).unwrap();
        let mut problems = Problems::default();
        read_scenario(file.to_str().unwrap(), &mut problems);
        let unknown = problems.iter().find(|p| p.message == "unknown key `zzzzzz`").unwrap();
        let said: BTreeSet<String> =
            unknown.allowed.as_ref().unwrap().split(", ").map(str::to_owned).collect();
        assert_eq!(said, names, "{path}");
    }
}

/// The same of `pack.toml`, of a pack that the built-in one could be.
#[test]
fn the_schema_of_a_pack_allows_what_the_reader_allows() {
    let folder = TempDir::new().unwrap();
    afterwave().arg("init").arg(folder.path()).assert().success();
    let pack = folder.path().join("data/packs/believed-2021");
    let whole = fs::read_to_string(pack.join("pack.toml")).unwrap();
    let mut tables = Vec::new();
    allowed(&schema("pack"), "", &mut tables);
    assert_eq!(tables.len(), 3, "{tables:?}");
    for (path, names) in tables {
        let with_slip = if path.is_empty() {
            format!("zzzzzz = 1\n{whole}")
        } else {
            let header = format!("[{path}]\n");
            assert!(whole.contains(&header), "{path}");
            whole.replace(&header, &format!("{header}zzzzzz = 1\n"))
        };
        fs::write(pack.join("pack.toml"), with_slip).unwrap();
        let output = afterwave().arg("check").arg("--pack").arg(&pack).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        assert!(said.contains("unknown key `zzzzzz`"), "{said}");
        let words: BTreeSet<&str> =
            said.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let lacking: Vec<&String> =
            names.iter().filter(|name| !words.contains(name.as_str())).collect();
        assert!(lacking.is_empty(), "{path}: {lacking:?} in {said}");
    }
}

/// A key of a TOML file is one that its schema knows, all the way down.
fn is_known(value: &toml::Value, schema: &Value, place: &str) {
    match value {
        toml::Value::Array(list) => {
            for own in list {
                is_known(own, &schema["items"], place);
            }
        }
        toml::Value::Table(table) => {
            let range = &schema["oneOf"][1];
            let schema = if range.is_null() { schema } else { range };
            for (key, own) in table {
                let inner = &schema["properties"][key];
                assert!(!inner.is_null(), "{place}.{key}");
                is_known(own, inner, &format!("{place}.{key}"));
            }
        }
        _ => assert!(schema.is_object(), "{place}"),
    }
}

#[test]
fn the_workspace_of_init_names_its_schemas_and_keeps_to_them() {
    let folder = TempDir::new().unwrap();
    afterwave().arg("init").arg(folder.path()).assert().success();
    let mut files = vec![folder.path().join("data/packs/informed/pack.toml")];
    files.push(folder.path().join("data/packs/believed-2021/pack.toml"));
    files.extend(fs::read_dir(folder.path().join("scenarios")).unwrap().map(|f| f.unwrap().path()));
    assert!(files.len() >= 10);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = text.strip_prefix("#:schema ").unwrap().lines().next().unwrap();
        let schema = file.parent().unwrap().join(name);
        let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
        is_known(&toml::from_str(&text).unwrap(), &schema, &file.display().to_string());
    }
}

#[test]
fn shells_complete_every_command_and_each_has_a_page() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = afterwave().args(["completions", shell]).assert().success();
        let text = String::from_utf8(said.get_output().stdout.clone()).unwrap();
        assert!(
            text.contains("backtest") && text.contains("--disclosure") || shell == "fish",
            "{shell}"
        );
    }
    let page = afterwave().arg("man").assert().success();
    let text = String::from_utf8(page.get_output().stdout.clone()).unwrap();
    assert!(text.contains(".TH afterwave 1") && text.contains("backtest"));
    let folder = TempDir::new().unwrap();
    afterwave().arg("man").arg(folder.path()).assert().success();
    let page = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(page("afterwave-run.1").contains("workbook"));
    assert!(Path::new(&folder.path().join("afterwave-network.1")).exists());
}
