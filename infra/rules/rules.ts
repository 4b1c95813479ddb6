import {
  apiIsThrottled,
  databasesAreSmall,
  nobodyIsInANetwork,
  nothingCostsByTheHour,
  nothingIdlesForMoney,
} from "./cost.ts";
import { floodsAreConfined, functionsFollowDefaults, logsEnd, networkedFunctionsLeaveByIpv6 } from "./functions.ts";
import { everythingIsArchived, queuesLoseNothing, queuesTakeOnlyFromRules, rulesLoseNothing } from "./hearing.ts";
import {
  bucketsAreClosed,
  databasesAreKept,
  prodIsNeverRemoved,
  resourcesAreTagged,
  tablesAreKept,
} from "./keeping.ts";
import { onlyItsOwn } from "./ownership.ts";
import { rightsAreExact, storesAreNotShared } from "./rights.ts";
import {
  apiIsWatched,
  dashboardsAreThere,
  dashboardsShowWhatIsThere,
  functionsAreWatched,
  logsAreWatched,
  queuesAreWatched,
} from "./watching.ts";

const everywhere = { queuesLoseNothing, rulesLoseNothing, queuesTakeOnlyFromRules, logsEnd, resourcesAreTagged };

const deployed = {
  ...everywhere,
  rightsAreExact,
  storesAreNotShared,
  functionsFollowDefaults,
  networkedFunctionsLeaveByIpv6,
  floodsAreConfined,
  bucketsAreClosed,
  tablesAreKept,
  databasesAreKept,
  prodIsNeverRemoved,
  nothingIdlesForMoney,
  databasesAreSmall,
  functionsAreWatched,
  queuesAreWatched,
  logsAreWatched,
  dashboardsAreThere,
  dashboardsShowWhatIsThere,
};

const ofThePlatform = { everythingIsArchived, apiIsThrottled, apiIsWatched };

/** What holds for each kind of app. */
export const rules = {
  service: { ...deployed, onlyItsOwn },
  platform: { ...deployed, ...ofThePlatform },
  composed: { ...deployed, ...ofThePlatform },
  dev: { ...everywhere, everythingIsArchived, apiIsThrottled, nothingCostsByTheHour, nobodyIsInANetwork },
};
