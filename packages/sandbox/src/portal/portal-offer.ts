import type { PortalConfigurationObject } from './portal-configurations.js';

type Product = PortalConfigurationObject['_products'][number];

export const isOffered = (configuration: PortalConfigurationObject, price: string): boolean =>
  configuration._products.some((product) => product.prices.includes(price));

export const productOffering = (configuration: PortalConfigurationObject, price: string): Product | undefined =>
  configuration._products.find((product) => product.prices.includes(price));

/** How many of a price the portal lets a customer choose; null: the number is not theirs to change. */
export const quantityBounds = (
  configuration: PortalConfigurationObject,
  price: string,
): { readonly min: number; readonly max: number | null } | null => {
  const { default_allowed_updates: allowed } = configuration.features.subscription_update;
  const adjustable = productOffering(configuration, price)?.adjustable_quantity;
  if (!allowed.includes('quantity') || adjustable?.enabled !== true) return null;
  return { min: adjustable.minimum, max: adjustable.maximum };
};
