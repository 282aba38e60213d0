// A settings file, as the client's import reads it: from its own types, and the shape around them that it does not export.
import { globalSettingsSchema, providerSettingsWithIdSchema } from "@roo-code/types";
import { z } from "zod";

export const profiles = z.object({
  currentApiConfigName: z.string(),
  apiConfigs: z.record(z.string(), providerSettingsWithIdSchema),
  modeApiConfigs: z.record(z.string(), z.string()).optional(),
});
export const file = z.object({ providerProfiles: profiles, globalSettings: globalSettingsSchema.optional() });
