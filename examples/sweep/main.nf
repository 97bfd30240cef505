// A sweep in shards: nextflow run main.nf --file heights.toml --out S --shards 8
//
// Shards write into one folder; one that was stopped goes on from the units that are done.

params.file = 'heights.toml'
params.out = 'S'
params.shards = 3

process SHARD {
    cpus 2
    memory '500 MB'
    errorStrategy 'retry'

    input:
    val k

    output:
    val k

    script:
    """
    afterwave sweep run '${file(params.file)}' --out '${file(params.out)}' \
        --shard ${k}/${params.shards} --threads ${task.cpus}
    """
}

process MERGE {
    input:
    val done

    script:
    """
    afterwave sweep merge '${file(params.out)}'
    """
}

workflow {
    MERGE(SHARD(Channel.of(1..params.shards)).collect())
}
