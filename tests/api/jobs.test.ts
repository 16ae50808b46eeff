// Queues and jobs, by the old route and the new one.                                                              spec 05, section 1
import { ManualJobName, QueueCommand, QueueJobStatus, QueueName } from "@immich/sdk";
import { describe, expect, jpeg, test } from "../support/test.ts";

const command = (name: QueueName, queueCommand: QueueCommand, force = false) => ({ name, queueCommandDto: { command: queueCommand, force } });

test("there are nineteen queues, in their order, and only administrators see them", async ({ server }) => {
  const admin = await server.admin();
  const queues = await admin.getQueues();
  expect(queues.map(({ name }) => name)).toEqual([
    ...["thumbnailGeneration", "metadataExtraction", "videoConversion", "faceDetection", "facialRecognition", "smartSearch"],
    ...["duplicateDetection", "backgroundTask", "storageTemplateMigration", "migration", "search", "sidecar", "library"],
    ...["notifications", "backupDatabase", "ocr", "workflow", "integrityCheck", "editor"],
  ]);
  expect(queues[0]).toEqual({
    name: "thumbnailGeneration",
    isPaused: false,
    statistics: { active: 0, completed: 0, failed: 0, delayed: 0, waiting: 0, paused: 0 },
  });
  expect(Object.keys(await admin.getQueuesLegacy()).sort()).toEqual(queues.map(({ name }) => name as string).sort());
  await expect((await server.user()).getQueues()).toFailWith(403, "Forbidden");
});

describe("a paused queue", () => {
  test("keeps its jobs until it goes on", async ({ server }) => {
    const [admin, ada] = [await server.admin(), await server.user()];
    const name = QueueName.MetadataExtraction;
    expect(await admin.updateQueue({ name, queueUpdateDto: { isPaused: true } })).toMatchObject({ name, isPaused: true });
    const { id } = await ada.upload(jpeg({ make: "Acme" }));
    expect(await admin.getQueue({ name })).toMatchObject({ isPaused: true, statistics: { paused: 1, waiting: 0, active: 0 } });
    expect(await admin.getQueueJobs({ name })).toEqual([
      { id: expect.any(String), name: "AssetExtractMetadata", timestamp: expect.any(Number), data: { id, source: "upload" } },
    ]);
    expect((await admin.getQueuesLegacy())[name]).toMatchObject({ queueStatus: { isPaused: true, isActive: false }, jobCounts: { paused: 1 } });

    expect(await admin.updateQueue({ name, queueUpdateDto: { isPaused: false } })).toMatchObject({ isPaused: false });
    await server.idle();
    expect((await ada.getAssetInfo({ id })).exifInfo).toMatchObject({ make: "Acme" });
  });

  test("may be emptied", async ({ server }) => {
    const [admin, ada] = [await server.admin(), await server.user()];
    const name = QueueName.MetadataExtraction;
    await server.pause(name);
    await ada.upload(jpeg());
    await ada.upload(jpeg());
    expect(await admin.runQueueCommandLegacy(command(name, QueueCommand.Empty))).toMatchObject({ jobCounts: { paused: 0, waiting: 0 } });
    await ada.upload(jpeg());
    await admin.emptyQueue({ name, queueDeleteDto: {} });
    expect(await admin.getQueue({ name })).toMatchObject({ statistics: { paused: 0 } });
    await server.resume(name);
  });

  test("stays paused over a restart", async ({ fresh }) => {
    const server = await fresh();
    await server.pause(QueueName.ThumbnailGeneration);
    await server.stop();
    await server.start();
    expect(await (await server.admin()).getQueue({ name: QueueName.ThumbnailGeneration })).toMatchObject({ isPaused: true });
  });
});

test("the background queue never pauses by the new route", async ({ server }) => {
  const attempt = (await server.admin()).updateQueue({ name: QueueName.BackgroundTask, queueUpdateDto: { isPaused: true } });
  await expect(attempt).toFailWith(400, "The BackgroundTask queue cannot be paused");
});

test("starting a queue does what is missing, and by force everything", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user()];
  await server.pause(QueueName.MetadataExtraction);
  const { id } = await ada.upload(jpeg({ model: "One" }));
  await admin.emptyQueue({ name: QueueName.MetadataExtraction, queueDeleteDto: {} });
  await server.resume(QueueName.MetadataExtraction);
  expect((await ada.getAssetInfo({ id })).exifInfo?.model ?? null).toBeNull();

  await admin.runQueueCommandLegacy(command(QueueName.MetadataExtraction, QueueCommand.Start));
  await server.idle();
  expect((await ada.getAssetInfo({ id })).exifInfo).toMatchObject({ model: "One" });

  await admin.runQueueCommandLegacy(command(QueueName.ThumbnailGeneration, QueueCommand.Start, true));
  await server.idle();
  expect((await ada.viewAsset({ id })).size).toBeGreaterThan(0);
});

test("a queue without a start job cannot start", async ({ server }) => {
  const attempt = (await server.admin()).runQueueCommandLegacy(command(QueueName.Notifications, QueueCommand.Start));
  await expect(attempt).toFailWith(400, "Invalid job name: notifications");
});

test("unknown queues and commands are refused", async ({ server }) => {
  const admin = await server.admin();
  const paths = async (answer: Response) => ((await answer.json()) as any).errors.map((issue: any) => issue.path);
  expect(await paths(await admin.ask("GET", "/queues/nothing"))).toEqual([["name"]]);
  expect(await paths(await admin.ask("PUT", "/jobs/search", { body: { command: "fly" } }))).toEqual([["command"]]);
  expect(await paths(await admin.ask("GET", "/queues/search/jobs?status=failed"))).toEqual([["status"]]);
  expect(await admin.getQueueJobs({ name: QueueName.Search, status: [QueueJobStatus.Failed, QueueJobStatus.Waiting] })).toEqual([]);
});

test("jobs may be started by hand", async ({ server }) => {
  const admin = await server.admin();
  await admin.createJob({ jobCreateDto: { name: ManualJobName.UserCleanup } });
  await server.idle();
});
